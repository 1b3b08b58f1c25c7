import { PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { FocusEvent } from 'react';
import type { FieldSpec } from '../../store/lp-form-fields.ts';

interface FormFieldProps {
  readonly field: FieldSpec;
  readonly value: string;
  readonly error: string | null;
  readonly disabled: boolean;
  readonly autoFocus: boolean;
  onChange(value: string): void;
  onLeave(): void;
}

/** The input of one field, with its rule's sentence under it. */
export function FormField({ field, value, error, disabled, autoFocus, onChange, onLeave }: FormFieldProps) {
  const hint = field.hint === undefined ? null : <span className="field-hint">{field.hint}</span>;
  const common = {
    id: `field-${field.path}`,
    name: field.path,
    disabled,
    error,
    // Left for a button: a problem shown now would move that button away from under the pointer; the button's own action tells.
    onBlur: (event: FocusEvent) => {
      if (!(event.relatedTarget instanceof HTMLButtonElement)) onLeave();
    },
    'data-autofocus': autoFocus ? true : undefined,
  };
  const label = (
    <>
      {field.label} {hint}
    </>
  );
  const typed = {
    ...common,
    'aria-label': field.label,
    label,
    value,
    placeholder: field.placeholder ?? '',
    autoComplete: 'off',
    spellCheck: false,
  };
  switch (field.kind) {
    case 'text':
      return <TextInput {...typed} onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'number':
      return <TextInput {...typed} inputMode="decimal" onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'password':
      return <PasswordInput {...typed} autoComplete="new-password" onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'lines':
      return <Textarea {...typed} autosize minRows={2} maxRows={6} onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'switch':
      return (
        <Switch
          {...common}
          className="form-switch"
          aria-label={field.label}
          label={label}
          checked={value === 'yes'}
          onChange={(event) => onChange(event.currentTarget.checked ? 'yes' : '')}
        />
      );
    case 'select':
      return (
        <Select
          {...common}
          aria-label={field.label}
          label={label}
          value={value}
          allowDeselect={false}
          data={Object.entries(field.words ?? {}).map(([option, label]) => ({ value: option, label }))}
          onChange={(option) => onChange(option ?? value)}
        />
      );
  }
}
