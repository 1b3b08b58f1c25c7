import { Button } from '@mantine/core';
import { useState } from 'react';
import { Time } from '../../components/time.tsx';
import { useAnswer } from '../../components/use-answer.ts';

const LIMIT = 500;

/** Who did what, when, from where, with which result; of one LP, or of all (null). Newest first. */
export function AuditTable({ provider }: { readonly provider: string | null }) {
  const { answer, read } = useAnswer('audit.list', { provider, limit: LIMIT });
  const [filter, setFilter] = useState('');
  const needle = filter.toLowerCase();
  const rows = (answer?.ok === true ? answer.value : []).filter((row) =>
    [row.actor, row.operation, row.provider, row.reason, row.result, row.from, row.detail]
      .join('\n')
      .toLowerCase()
      .includes(needle),
  );
  return (
    <section className="panel audit-panel" aria-label="Audit">
      <h2>
        Audit
        <input
          className="plain-input"
          data-filter
          aria-label="Filter audit"
          placeholder="Filter  /"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        <span className="spring" />
        <span className="unit">the last {LIMIT}</span>
        <Button onClick={read}>Refresh</Button>
      </h2>
      {answer?.ok === false && <p className="problem">{answer.error.message}</p>}
      <div className="scroller">
        <table className="plain" aria-label="Audit">
          <thead>
            <tr>
              <th scope="col">Time (UTC)</th>
              <th scope="col">Who</th>
              <th scope="col">From</th>
              <th scope="col">What</th>
              {provider === null && <th scope="col">LP</th>}
              <th scope="col">Result</th>
              <th scope="col">Reason</th>
              <th scope="col">Detail</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} data-testid="audit-row">
                <td>
                  <Time atMs={row.atMs} format="date-time" />
                </td>
                <td>{row.actor}</td>
                <td>
                  {row.source} <span className="unit">{row.from}</span>
                </td>
                <td>{row.operation}</td>
                {provider === null && <td>{row.provider ?? 'all'}</td>}
                <td data-tone={row.result === 'ok' ? undefined : 'attention'}>{row.result}</td>
                <td>{row.reason ?? ''}</td>
                <td className="wide">{row.detail ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {answer?.ok === true && rows.length === 0 && <p className="empty">Nothing{filter === '' ? ' yet' : ' matches'}.</p>}
      </div>
    </section>
  );
}
