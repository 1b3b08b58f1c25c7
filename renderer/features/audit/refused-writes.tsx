import { Button } from '@mantine/core';
import { useState } from 'react';
import type { RefusedWrite } from '../../../main/contracts/refused.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { downloadJson } from '../../components/download-json.ts';
import { SendButton } from '../../components/send-button.tsx';
import { Time } from '../../components/time.tsx';
import { useAnswer } from '../../components/use-answer.ts';

/** What a refused write is worth by now. */
export const refusedNow = (current: boolean): string => (current ? 'missing' : 'overtaken by a later one');

/** What the database or NATS refused for good, while there is any: to be retried once its cause is mended, exported, or given up. */
export function RefusedWritesPanel() {
  const { link, store } = useConsole();
  // Says when there may be others, or fewer.
  const told = useSelect(
    ({ mirror: { health }, dialog }) => `${health?.database.text} ${health?.nats.text} ${dialog?.kind === 'discard'}`,
  );
  const { answer, setAnswer } = useAnswer('refused.list', {}, told);
  const [busy, setBusy] = useState(false);
  const retry = async (): Promise<void> => {
    setBusy(true);
    setAnswer(await link.request('refused.retry', { reason: '' }));
    setBusy(false);
  };

  if (answer === null || (answer.ok && answer.value.length === 0)) return null;
  const refused = answer.ok ? answer.value : [];
  const discard = (writes: readonly RefusedWrite[]): void => store.getState().open({ kind: 'discard', writes });
  return (
    <section className="panel refused-panel" aria-label="Refused writes" data-testid="refused-writes">
      <h2>
        Refused writes
        <span className="spring" />
        <Button
          onClick={() => downloadJson('vfxlp-refused-writes.json', JSON.stringify(refused, null, 2))}
          disabled={refused.length === 0}
        >
          Export
        </Button>
        <SendButton onClick={() => void retry()} loading={busy}>
          Retry
        </SendButton>
        <SendButton onClick={() => discard(refused)} disabled={refused.length === 0}>
          Discard all …
        </SendButton>
      </h2>
      {!answer.ok && <p className="problem">{answer.error.message}</p>}
      <div className="scroller">
        <table className="plain" aria-label="Refused writes">
          <thead>
            <tr>
              <th scope="col">Time (UTC)</th>
              <th scope="col">LP</th>
              <th scope="col">What was not written</th>
              <th scope="col">Why</th>
              <th scope="col">Now</th>
              <th scope="col">
                <span className="hidden">Discard</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {refused.map((write) => (
              <RefusedRow key={write.id} write={write} onDiscard={() => discard([write])} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function RefusedRow({ write, onDiscard }: { readonly write: RefusedWrite; onDiscard(): void }) {
  const { atMs, provider, what, why, current } = write;
  return (
    <tr data-testid="refused-write">
      <td>
        <Time atMs={atMs} format="date-time" />
      </td>
      <td>{provider ?? 'all'}</td>
      <td>{what}</td>
      <td className="wide">{why}</td>
      <td data-tone={current ? 'attention' : undefined}>{refusedNow(current)}</td>
      <td>
        <SendButton aria-label={`Discard ${what}`} onClick={onDiscard}>
          Discard …
        </SendButton>
      </td>
    </tr>
  );
}
