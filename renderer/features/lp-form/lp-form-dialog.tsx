import { Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { LpConfig, LpDraft } from '../../../main/contracts/lp-config.ts';
import type { Failure, Result } from '../../../main/contracts/result.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { notify } from '../../components/notify.tsx';
import { type FormMode, LpForm } from './lp-form.tsx';

const TITLES = { add: 'Add LP', edit: 'Edit', clone: 'Clone' } as const;
const APPLIES = {
  now: 'Saved. It applies now.',
  'next-logon': 'Saved. The session runs on as it is; the change applies at the next logon.',
} as const;

/** No session takes it up now, whatever has changed. */
const IDLE: Readonly<Record<string, string>> = {
  killed: 'Saved. The LP stays killed; it applies when the LP has been re-armed and activated.',
  inactive: 'Saved. It applies when the LP is activated.',
};

/** Adds, edits or clones an LP; says when the change applies. */
export function LpFormDialog({ mode, provider }: { readonly mode: FormMode; readonly provider: string | null }) {
  const { link, store } = useConsole();
  const close = useSelect((state) => state.close);
  const live = useSelect((state) => {
    const kind = provider === null ? undefined : state.mirror.lps[provider]?.state.kind;
    return kind === 'logged-on' || kind === 'recovering';
  });
  const [from, setFrom] = useState<Result<LpConfig> | null>(null);

  useEffect(() => {
    if (provider !== null) void link.request('lp.config', { provider }).then(setFrom);
  }, [link, provider]);

  const submit = async (draft: LpDraft, version: number | null): Promise<Failure | null> => {
    const result =
      mode === 'edit' && version !== null
        ? await link.request('lp.save', { draft, version })
        : await link.request('lp.create', { draft });
    if (!result.ok) return result.error;
    close();
    const kind = provider === null ? undefined : store.getState().mirror.lps[provider]?.state.kind;
    const text =
      'applies' in result.value
        ? (IDLE[kind ?? ''] ?? APPLIES[result.value.applies])
        : 'Added, inactive. Activate it when it is ready.';
    notify({ title: draft.provider, message: text, autoClose: 6_000 });
    if (mode !== 'edit') store.getState().select(draft.provider);
    return null;
  };

  const readNewer = async (): Promise<LpConfig | null> => {
    const newer = provider === null ? null : await link.request('lp.config', { provider });
    return newer?.ok === true ? newer.value : null;
  };

  return (
    <Modal
      opened
      onClose={close}
      title={mode === 'add' ? TITLES.add : `${TITLES[mode]} ${provider ?? ''}`}
      size={720}
      closeOnClickOutside={false}
      data-testid="lp-form"
    >
      {mode === 'edit' && live && (
        <p className="notice">The session is live: what its Logon has agreed changes at the next logon.</p>
      )}
      {from?.ok === false && <p className="problem">{from.error.message}</p>}
      {(provider === null || from?.ok === true) && (
        <LpForm
          mode={mode}
          from={from?.ok === true ? from.value : null}
          onSubmit={submit}
          readNewer={readNewer}
          onCancel={close}
        />
      )}
    </Modal>
  );
}
