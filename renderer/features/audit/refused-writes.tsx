import { Button } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import type { RefusedWrite } from '../../../main/contracts/refused.ts';
import type { Result } from '../../../main/contracts/result.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { Time } from '../../components/time.tsx';

function save(refused: readonly RefusedWrite[]): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(refused, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'vfxlp-refused-writes.json';
  link.click();
  URL.revokeObjectURL(url);
}

/** What the database or NATS refused for good, while there is any: to be retried once its cause is mended, or exported. */
export function RefusedWritesPanel() {
  const { link } = useConsole();
  const live = useSelect((state) => state.connection.kind === 'live');
  // Says when there may be others.
  const told = useSelect((state) => `${state.mirror.health?.database.text} ${state.mirror.health?.nats.text}`);
  const [answer, setAnswer] = useState<Result<readonly RefusedWrite[]> | null>(null);
  const [busy, setBusy] = useState(false);
  const read = useCallback(() => {
    void link.request('refused.list', {}).then(setAnswer);
  }, [link]);
  useEffect(() => {
    if (live && told !== '') read();
  }, [live, told, read]);
  const retry = async (): Promise<void> => {
    setBusy(true);
    setAnswer(await link.request('refused.retry', { reason: '' }));
    setBusy(false);
  };

  if (answer === null || (answer.ok && answer.value.length === 0)) return null;
  const refused = answer.ok ? answer.value : [];
  return (
    <section className="panel" aria-label="Refused writes" data-testid="refused-writes">
      <h2>
        Refused writes
        <span className="spring" />
        <Button onClick={() => save(refused)} disabled={refused.length === 0}>
          Export
        </Button>
        <Button onClick={() => void retry()} loading={busy}>
          Retry
        </Button>
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
            </tr>
          </thead>
          <tbody>
            {refused.map(({ id, atMs, provider, what, why, current }) => (
              <tr key={id} data-testid="refused-write">
                <td>
                  <Time atMs={atMs} format="date-time" />
                </td>
                <td>{provider ?? 'all'}</td>
                <td>{what}</td>
                <td className="wide">{why}</td>
                <td data-tone={current ? 'attention' : undefined}>{current ? 'missing' : 'overtaken by a later one'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
