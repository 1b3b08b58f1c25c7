import { Button } from '@mantine/core';
import { useConsole } from '../../components/console-context.tsx';
import { Time } from '../../components/time.tsx';
import { useAnswer } from '../../components/use-answer.ts';
import { StoredKill } from './stored-kill.tsx';

const LIMIT = 200;

/** The kills, also those of before this console's start and of other consoles; or one of them. */
export function Kills({ id }: { readonly id: string | null }) {
  return id === null ? <KillList /> : <StoredKill id={id} />;
}

function KillList() {
  const { store } = useConsole();
  const { answer, read } = useAnswer('incident.list', { limit: LIMIT });
  const list = answer?.ok === true ? answer.value : null;
  return (
    <section className="panel audit-panel" aria-label="Kills">
      <h2>
        Kills
        <span className="spring" />
        <span className="unit">the last {LIMIT}</span>
        <Button onClick={read}>Refresh</Button>
      </h2>
      {answer?.ok === false && <p className="problem">{answer.error.message}</p>}
      {list?.complete === false && (
        <p className="problem">The database is away: these are the kills that wait for it. The others are in the table.</p>
      )}
      <div className="scroller">
        <table className="plain" aria-label="Kills">
          <thead>
            <tr>
              <th scope="col">Time (UTC)</th>
              <th scope="col">Who</th>
              <th scope="col">LPs</th>
              <th scope="col">Outcome</th>
              <th scope="col">Reason</th>
              <th scope="col">Console</th>
              <th scope="col">Details</th>
            </tr>
          </thead>
          <tbody>
            {list?.incidents.map((kill) => (
              <tr key={`${kill.id} ${kill.console}`} data-testid="kill-row">
                <td>
                  <Time atMs={kill.startedAtMs} format="date-time" />
                </td>
                <td>{kill.by}</td>
                <td>{kill.lps.length > 4 ? `${kill.lps.length} LPs` : kill.lps.join(', ')}</td>
                <td data-tone={kill.open.length === 0 ? undefined : 'alarm'}>
                  {kill.open.length === 0 ? 'confirmed' : `not confirmed: ${kill.open.join(', ')}`}
                </td>
                <td className="wide">{kill.reason}</td>
                <td>{kill.console}</td>
                <td>
                  <button
                    type="button"
                    className="quiet"
                    aria-label={`Open the kill by ${kill.by}: ${kill.reason}`}
                    onClick={() => store.getState().show({ screen: 'kills', id: kill.id })}
                  >
                    Open
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {list?.incidents.length === 0 && <p className="empty">Nothing yet.</p>}
      </div>
    </section>
  );
}
