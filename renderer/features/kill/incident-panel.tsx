import { useState } from 'react';
import { KILL_STEPS, type KillIncident, type KillStep, type LpKill } from '../../../main/contracts/kill.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { Shape } from '../../components/shape.tsx';
import { Time } from '../../components/time.tsx';
import { incidentSummary, STEP_TITLES } from '../../store/incident-text.ts';
import type { ShapeName } from '../../store/lp-label.ts';
import { IncidentLog } from './incident-log.tsx';
import { PRESSED } from './press-kill.ts';

const STEP_LOOK: Readonly<
  Record<KillStep['state'], { readonly shape: ShapeName; readonly tone: string; readonly word: string }>
> = {
  waiting: { shape: 'ring', tone: 'dim', word: 'waiting' },
  doing: { shape: 'half', tone: 'normal', word: 'doing' },
  done: { shape: 'disc', tone: 'normal', word: 'done' },
  skipped: { shape: 'stop', tone: 'dim', word: 'not needed' },
  deferred: { shape: 'retry', tone: 'attention', word: 'deferred' },
  failed: { shape: 'triangle', tone: 'alarm', word: 'FAILED' },
};

function StepCell({ step, startedAtMs }: { readonly step: KillStep; readonly startedAtMs: number }) {
  const look = STEP_LOOK[step.state];
  const after = step.atMs === null ? '' : ` +${((step.atMs - startedAtMs) / 1_000).toFixed(2)} s`;
  return (
    <td data-tone={look.tone} data-step={step.name} data-state={step.state} title={step.text ?? look.word}>
      <span className="step">
        <Shape name={look.shape} />
        <span className={step.state === 'done' ? 'hidden' : undefined}>{look.word}</span>
        {step.state === 'skipped' ? '' : after}
      </span>
    </td>
  );
}

function Outcome({ lp }: { readonly lp: LpKill }) {
  switch (lp.outcome) {
    case 'running':
      return (
        <span className="state" data-tone="normal">
          <Shape name="half" /> killing
        </span>
      );
    case 'confirmed':
      return (
        <span className="state" data-tone="normal">
          <Shape name="disc" /> confirmed
        </span>
      );
    case 'not-confirmed':
      return (
        <span className="state" data-tone="alarm">
          <Shape name="triangle" /> {lp.provider} not confirmed
        </span>
      );
  }
}

const OUTCOME_ORDER = { 'not-confirmed': 0, running: 1, confirmed: 2 } as const;

function Steps({ incident }: { readonly incident: KillIncident }) {
  const lps = [...incident.lps].sort((a, b) => OUTCOME_ORDER[a.outcome] - OUTCOME_ORDER[b.outcome]);
  return (
    <div className="scroll-box">
      <table className="plain incident-steps">
        <thead>
          <tr>
            <th scope="col">LP</th>
            <th scope="col">Outcome</th>
            {KILL_STEPS.map((name) => (
              <th scope="col" key={name}>
                {STEP_TITLES[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lps.map((lp) => (
            <tr key={lp.provider} data-testid={`incident-${lp.provider}`} data-outcome={lp.outcome}>
              <th scope="row">{lp.provider}</th>
              <td>
                <Outcome lp={lp} />
              </td>
              {lp.steps.map((step) => (
                <StepCell key={step.name} step={step} startedAtMs={incident.startedAtMs} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A kill, step by step, with the times; docked under the overview, which stays in sight. */
export function IncidentPanel() {
  const { store } = useConsole();
  const [logged, setLogged] = useState(false);
  const shown = useSelect((state) => state.incidentShown);
  const incident = useSelect((state) => state.mirror.incidents.find((one) => one.id === state.incidentShown) ?? null);
  if (shown === null || (incident === null && shown !== PRESSED)) return null;
  return (
    <section className="incident" aria-label="Kill incident" data-testid="incident-panel">
      <header>
        <span className="state" data-tone="latched">
          <Shape name="cross" />
          <span className="state-word">
            {incident === null
              ? 'KILL PRESSED'
              : incident.scope === 'all'
                ? 'KILL ALL'
                : `KILL ${incident.lps[0]?.provider ?? ''}`}
          </span>
        </span>
        {incident === null ? (
          <span role="status">setting the latch …</span>
        ) : (
          <>
            <b role="status">{incidentSummary(incident)}</b>
            <span className="incident-why">
              by {incident.by} at <Time atMs={incident.startedAtMs} format="millis" /> UTC: {incident.reason}
            </span>
          </>
        )}
        <span className="spring" />
        {incident !== null && (
          <button type="button" className="quiet" aria-pressed={logged} onClick={() => setLogged(!logged)}>
            Log
          </button>
        )}
        <button type="button" className="quiet" onClick={() => store.getState().showIncident(null)}>
          Close <span className="unit">Esc</span>
        </button>
      </header>
      {incident !== null && (logged ? <IncidentLog incident={incident} /> : <Steps incident={incident} />)}
    </section>
  );
}
