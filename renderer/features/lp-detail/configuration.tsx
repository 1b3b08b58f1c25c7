import { useEffect, useState } from 'react';
import type { LpConfig } from '../../../main/contracts/lp-config.ts';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import type { Result } from '../../../main/contracts/result.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { configGroups } from '../../store/config-text.ts';

/** What of a configuration can be seen in the LP's view: when it changes, here or by SQL, the configuration is read again. */
function signature(lp: LpView | undefined): string {
  if (lp === undefined) return '';
  const { host, port, senderCompId, targetCompId, heartBtInt, ssl, cancelsOnDisconnect, pendingConfig, problems } = lp;
  return JSON.stringify([host, port, senderCompId, targetCompId, heartBtInt, ssl, cancelsOnDisconnect, pendingConfig, problems]);
}

/** The stored configuration, as it will be used at the next logon. */
export function Configuration({ provider }: { readonly provider: string }) {
  const key = useSelect((state) => signature(state.mirror.lps[provider]));
  return <Stored key={key} provider={provider} />;
}

function Stored({ provider }: { readonly provider: string }) {
  const { link, store } = useConsole();
  const [answer, setAnswer] = useState<Result<LpConfig> | null>(null);
  const pending = useSelect((state) => state.mirror.lps[provider]?.pendingConfig ?? false);
  const problems = useSelect((state) => state.mirror.lps[provider]?.problems);
  const dialog = useSelect((state) => state.dialog);
  const live = useSelect((state) => state.connection.kind === 'live');

  useEffect(() => {
    // Read again after a dialog has closed: it may have been an edit.
    if (!live || dialog !== null) return;
    void link.request('lp.config', { provider }).then(setAnswer);
  }, [link, provider, live, dialog]);

  return (
    <section className="panel config-panel" aria-label="Configuration">
      <h2>
        Configuration {answer?.ok === true && <span className="unit">version {answer.value.version}</span>}
        <span className="spring" />
        <SendButton onClick={() => store.getState().open({ kind: 'edit', provider })}>Edit</SendButton>
      </h2>
      {pending && <p className="notice">A saved change waits for the next logon.</p>}
      {problems?.map((problem) => (
        <p className="problem" key={problem.column + problem.rule}>
          <b>{problem.column}</b>: {problem.rule}
        </p>
      ))}
      {answer?.ok === false && <p className="problem">{answer.error.message}</p>}
      {answer?.ok === true && (
        <div className="config-groups">
          {configGroups(answer.value).map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <dl className="facts">
                {group.rows.map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      )}
    </section>
  );
}
