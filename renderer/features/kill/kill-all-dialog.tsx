import { Button, Modal, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { liveNow, useConsole, useSelect } from '../../components/console-context.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { orderOf } from '../../store/lp-order.ts';
import { cannotSend } from '../../store/sendable.ts';
import { KILL_REASONS } from './kill-dialog.tsx';
import { killAll } from './press-kill.ts';
import { gapText } from './session-facts.tsx';

const WORD = 'KILL';
const CANCELS = { yes: 'cancels', no: 'NO', unknown: 'not known' } as const;

/** Kills every LP once KILL has been typed. */
export function KillAllDialog() {
  const console = useConsole();
  const lps = useSelect((state) => state.mirror.lps);
  const close = useSelect((state) => state.close);
  const why = useSelect((state) => cannotSend(state, 'kills'));
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const order = useMemo(() => orderOf(lps, liveNow(console)), [lps, console]);
  const running = order.filter((provider) => lps[provider]?.state.kind !== 'killed');
  const orphans = running.filter((provider) => lps[provider]?.cancelsOnDisconnect !== 'yes');
  const press = (): void => {
    if (typed === WORD && why === null) void killAll(console, reason, typed);
  };
  return (
    <Modal opened onClose={close} title={`Kill all ${order.length} LPs`} size={680} className="danger-modal">
      <p className="note">
        Every session is logged out, its connection and processes are ended, and it stays down until it is re-armed one by one. A
        Logout by itself cancels no order
        {orphans.length === 0 ? '.' : `: ${orphans.length} of ${running.length} LPs are not known to cancel on disconnect.`}
      </p>
      <div className="scroll-box">
        <table className="plain" aria-label="Sessions that are killed">
          <thead>
            <tr>
              <th scope="col">LP</th>
              <th scope="col">State</th>
              <th scope="col">Open gap</th>
              <th scope="col">Cancels on disconnect</th>
            </tr>
          </thead>
          <tbody>
            {order.map((provider) => {
              const lp = lps[provider];
              if (lp === undefined) return null;
              return (
                <tr key={provider}>
                  <th scope="row">{provider}</th>
                  <td>
                    <StateBadge provider={provider} />
                  </td>
                  <td>{gapText(lp)}</td>
                  <td data-tone={lp.cancelsOnDisconnect === 'yes' ? undefined : 'attention'}>
                    {CANCELS[lp.cancelsOnDisconnect]}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <ReasonField value={reason} onChange={setReason} usual={KILL_REASONS} placeholder="optional; nothing waits for it" />
      <TextInput
        label={`Type ${WORD}`}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') press();
        }}
      />
      <div className="dialog-actions">
        <span className="spring" />
        <Button onClick={close}>Cancel</Button>
        <button
          type="button"
          className="hold-button"
          disabled={typed !== WORD || why !== null}
          title={why ?? undefined}
          onClick={press}
        >
          <span className="hold-text">Kill all LPs</span>
        </button>
      </div>
    </Modal>
  );
}
