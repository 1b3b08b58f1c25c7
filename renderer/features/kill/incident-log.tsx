import type { KillIncident } from '../../../main/contracts/kill.ts';
import { Time } from '../../components/time.tsx';
import { incidentLog, STEP_TITLES } from '../../store/incident-text.ts';

/** Everything that was done or found in a kill, in its order. */
export function IncidentLog({ incident }: { readonly incident: KillIncident }) {
  return (
    <div className="scroll-box">
      <table className="plain" aria-label="Log of the kill">
        <thead>
          <tr>
            <th scope="col">Time (UTC)</th>
            <th scope="col">After</th>
            <th scope="col">LP</th>
            <th scope="col">Step</th>
            <th scope="col">Result</th>
            <th scope="col">Detail</th>
          </tr>
        </thead>
        <tbody>
          {incidentLog(incident).map((entry) => (
            <tr key={entry.key} data-testid="incident-log-entry">
              <td>
                <Time atMs={entry.atMs} format="millis" />
              </td>
              <td>{entry.afterMs} ms</td>
              <th scope="row">{entry.provider}</th>
              <td>{STEP_TITLES[entry.step]}</td>
              <td data-tone={entry.state === 'failed' ? 'alarm' : entry.state === 'deferred' ? 'attention' : undefined}>
                {entry.state}
              </td>
              <td className="wide">{entry.text ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
