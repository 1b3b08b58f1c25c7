import { Button } from '@mantine/core';
import { useState } from 'react';
import type { LpConfig } from '../../../main/contracts/lp-config.ts';
import type { Failure } from '../../../main/contracts/result.ts';
import { SendButton } from '../../components/send-button.tsx';
import { draftOf, type FormProblems, fieldOf, formOf, problemsOf } from '../../store/lp-form.ts';
import { FORM_FIELDS, FORM_SECTIONS, type FormSection } from '../../store/lp-form-fields.ts';
import type { FormValues } from '../../store/lp-form-labels.ts';
import { type Difference, differencesOf, mergedValues } from '../../store/lp-form-merge.ts';
import { secretsToType } from '../../store/lp-form-secrets.ts';
import { Differences } from './differences.tsx';
import { FormField } from './form-field.tsx';

export type FormMode = 'add' | 'edit' | 'clone';

interface LpFormProps {
  readonly mode: FormMode;
  /** The configuration to start from; null: defaults. */
  readonly from: LpConfig | null;
  /** Answers with the failure to be shown, or null when it was done. */
  onSubmit(draft: ReturnType<typeof draftOf>, version: number | null): Promise<Failure | null>;
  /** The configuration that is stored now; null: it cannot be had. */
  readNewer(): Promise<LpConfig | null>;
  onCancel(): void;
}

/** All fields of an LP, checked as one types; problems of a field are shown once it was left, or when saving was tried. */
export function LpForm({ mode, from: opened, onSubmit, readNewer, onCancel }: LpFormProps) {
  const [from, setFrom] = useState(opened);
  const [differences, setDifferences] = useState<readonly Difference[]>([]);
  const [values, setValues] = useState<FormValues>(() => ({ ...formOf(opened), ...(mode === 'clone' ? { Provider: '' } : {}) }));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<FormProblems>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [removePassword, setRemovePassword] = useState(false);
  const [removeNewPassword, setRemoveNewPassword] = useState(false);
  const [saving, setSaving] = useState(false);
  const [shown, setShown] = useState<ReadonlySet<string>>(
    new Set(FORM_SECTIONS.filter((section) => section.open).map((section) => section.title)),
  );

  const problems = {
    ...(mode === 'edit' && from !== null
      ? secretsToType(values, from, { password: removePassword, newPassword: removeNewPassword })
      : {}),
    ...problemsOf(values),
  };
  const problemAt = (path: string): string | null => refused[path] ?? (left.has(path) ? (problems[path] ?? null) : null);
  const openFor = (paths: readonly string[]): void => {
    const titles = FORM_SECTIONS.filter((section) => section.fields.some((field) => paths.includes(field.path))).map(
      (section) => section.title,
    );
    setShown(new Set([...shown, ...titles]));
    const first = FORM_FIELDS.find((field) => paths.includes(field.path));
    if (first !== undefined) requestAnimationFrame(() => document.getElementById(`field-${first.path}`)?.focus());
  };

  /** The next save is a change of what is stored now. */
  const takeNewer = async (): Promise<void> => {
    const newer = await readNewer();
    if (newer === null) return;
    const [base, theirs] = [formOf(from), formOf(newer)];
    setDifferences(differencesOf(base, values, theirs));
    setValues(mergedValues(base, values, theirs));
    setFrom(newer);
  };

  const submit = async (): Promise<void> => {
    setLeft(new Set(FORM_FIELDS.map((field) => field.path)));
    const wrong = Object.keys(problems);
    if (wrong.length > 0) {
      openFor(wrong);
      return;
    }
    setSaving(true);
    const answer = await onSubmit(draftOf(values, removePassword, removeNewPassword), from?.version ?? null);
    setSaving(false);
    if (answer === null) return;
    setFailure(answer);
    if (answer.code === 'config-changed') await takeNewer();
    const field = fieldOf(answer.field);
    if (field !== null) {
      setRefused({ [field]: answer.message });
      openFor([field]);
    }
  };

  const section = ({ title, fields, when }: FormSection) =>
    when?.(values) === false ? null : (
      <fieldset key={title} className="form-section">
        <legend>
          <button
            type="button"
            className="quiet"
            aria-expanded={shown.has(title)}
            onClick={() =>
              setShown(shown.has(title) ? new Set([...shown].filter((name) => name !== title)) : new Set([...shown, title]))
            }
          >
            <span aria-hidden="true">{shown.has(title) ? '▾' : '▸'}</span> {title}
          </button>
        </legend>
        {shown.has(title) && (
          <div className="form-grid">
            {fields.map((field) =>
              !field.isShown(values) ? null : (
                <FormField
                  key={field.path}
                  field={field}
                  value={values[field.path] ?? ''}
                  error={problemAt(field.path)}
                  disabled={mode === 'edit' && field.path === 'Provider'}
                  autoFocus={field.path === (mode === 'edit' ? 'Host' : 'Provider')}
                  onChange={(value) => {
                    setValues({ ...values, [field.path]: value });
                    setRefused({});
                    setFailure(null);
                  }}
                  onLeave={() => setLeft(new Set([...left, field.path]))}
                />
              ),
            )}
          </div>
        )}
        {title === 'Connection' && shown.has(title) && from?.hasPassword === true && (
          <p className="note">
            {mode === 'clone' ? (
              'The stored password is not copied: type it again.'
            ) : (
              <label className="check">
                <input
                  type="checkbox"
                  checked={removePassword}
                  onChange={(event) => setRemovePassword(event.currentTarget.checked)}
                />{' '}
                Remove the stored password (left empty, it is kept)
              </label>
            )}
          </p>
        )}
        {title === 'Connection' && shown.has(title) && mode === 'edit' && from?.hasNewPassword === true && (
          <p className="note">
            <label className="check">
              <input
                type="checkbox"
                checked={removeNewPassword}
                onChange={(event) => setRemoveNewPassword(event.currentTarget.checked)}
              />{' '}
              Remove the NewPassword that waits for the next Logon
            </label>
          </p>
        )}
      </fieldset>
    );

  return (
    <form
      className="lp-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {FORM_SECTIONS.map(section)}
      {differences.length > 0 && (
        <Differences
          differences={differences}
          values={values}
          onTake={(path, value) => setValues({ ...values, [path]: value })}
        />
      )}
      {failure !== null && fieldOf(failure.field) === null && (
        <p className="problem" role="alert">
          {failure.message}
        </p>
      )}
      <div className="dialog-actions form-actions">
        {Object.keys(problems).length > 0 && left.size > 0 && (
          <span className="note">
            {Object.keys(problems).length} {Object.keys(problems).length === 1 ? 'field needs' : 'fields need'} a correction
          </span>
        )}
        <span className="spring" />
        <Button onClick={onCancel}>Cancel</Button>
        <SendButton type="submit" variant="filled" loading={saving}>
          {mode === 'edit' ? 'Save' : 'Add'}
        </SendButton>
      </div>
    </form>
  );
}
