import { Button } from '@mantine/core';
import type { KillEvidence } from '../../../main/contracts/stored-incident.ts';
import { useConsole } from '../../components/console-context.tsx';
import { downloadJson } from '../../components/download-json.ts';
import { Time } from '../../components/time.tsx';
import { useAnswer } from '../../components/use-answer.ts';
import { exportName, exportText, incidentSummary, numbersText } from '../../store/incident-text.ts';
import { IncidentLog } from './incident-log.tsx';

/** One kill: what each console did, step by step, and what was known of the sessions that it ended. */
export function StoredKill({ id }: { readonly id: string }) {
  const { store } = useConsole();
  const { answer } = useAnswer('incident.get', { id });
  const parts = answer?.ok === true ? answer.value : [];
  return (
    <section className="panel audit-panel" aria-label="Kill">
      <h2>
        Kill <span className="unit">{id}</span>
        <span className="spring" />
        <Button onClick={() => store.getState().show({ screen: 'kills', id: null })}>All kills</Button>
        <Button disabled={parts.length === 0} onClick={() => downloadJson(exportName(parts), exportText(parts))}>
          Export JSON
        </Button>
      </h2>
      {answer?.ok === false && <p className="problem">{answer.error.message}</p>}
      <div className="scroller">
        {parts.map((part) => (
          <article key={part.console} data-testid="stored-kill">
            <p className="note">
              <b>{incidentSummary(part.incident)}</b> on {part.console}: by {part.incident.by} at{' '}
              <Time atMs={part.incident.startedAtMs} format="date-time" /> UTC: {part.incident.reason}
            </p>
            <Evidence evidence={part.evidence} />
            <IncidentLog incident={part.incident} />
          </article>
        ))}
      </div>
    </section>
  );
}

function Evidence({ evidence }: { readonly evidence: readonly KillEvidence[] }) {
  if (evidence.length === 0) return <p className="note">No session was running there.</p>;
  return (
    <table className="plain" aria-label="Evidence">
      <thead>
        <tr>
          <th scope="col">LP</th>
          <th scope="col">Next in, out at the press</th>
          <th scope="col">At the end</th>
          <th scope="col">Open gap</th>
          <th scope="col">Last messages</th>
        </tr>
      </thead>
      <tbody>
        {evidence.map((one) => (
          <tr key={one.provider}>
            <th scope="row">{one.provider}</th>
            <td>{numbersText(one.atPress)}</td>
            <td>{numbersText(one.atEnd)}</td>
            <td>{one.gap === null ? 'none' : `${one.gap.from}–${one.gap.to === 0 ? '' : one.gap.to}`}</td>
            <td className="wide">
              {one.problem}
              {one.messages?.map((message) => (
                <div key={`${message.at} ${message.text}`}>
                  <span className="unit">
                    {message.at} {message.direction}
                  </span>{' '}
                  {message.text}
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
