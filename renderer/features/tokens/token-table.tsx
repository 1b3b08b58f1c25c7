import { Button } from '@mantine/core';
import { useState } from 'react';
import { useConsole } from '../../components/console-context.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { Time } from '../../components/time.tsx';
import { useAnswer } from '../../components/use-answer.ts';
import { ask } from '../commands/ask.ts';
import { NewToken } from './new-token.tsx';

/** Who may talk to this console by a token: for admins, who make and revoke them. */
export function TokenTable() {
  const { link } = useConsole();
  const { answer, read } = useAnswer('token.list', {});
  /** The token that is to be revoked when it is asked for once more. */
  const [doubted, setDoubted] = useState<string | null>(null);

  const revoke = async (name: string): Promise<void> => {
    if (doubted !== name) {
      setDoubted(name);
      return;
    }
    setDoubted(null);
    await ask(link, `Token ${name} · Revoke`, 'token.revoke', { name });
    read();
  };
  return (
    <section className="panel audit-panel" aria-label="Tokens">
      <h2>
        Tokens
        <span className="spring" />
        <Button onClick={read}>Refresh</Button>
      </h2>
      {answer?.ok === false && <p className="problem">{answer.error.message}</p>}
      {answer?.ok === true && <NewToken onMade={read} />}
      <div className="scroller">
        <table className="plain" aria-label="Tokens">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Role</th>
              <th scope="col">Made (UTC)</th>
              <th scope="col">Expires (UTC)</th>
              <th scope="col">
                <span className="hidden">Revoke</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {(answer?.ok === true ? answer.value : []).map(({ name, role, createdAtMs, expiresAtMs }) => (
              <tr key={name} data-testid="token-row">
                <td>{name}</td>
                <td>{role}</td>
                <td>{createdAtMs === null ? 'the console’s own' : <Time atMs={createdAtMs} format="date-time" />}</td>
                <td>{expiresAtMs === null ? 'never' : <Time atMs={expiresAtMs} format="date-time" />}</td>
                <td>
                  {createdAtMs !== null && (
                    <SendButton aria-label={`Revoke ${name}`} onClick={() => void revoke(name)}>
                      {doubted === name ? 'Revoke: sure?' : 'Revoke'}
                    </SendButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
