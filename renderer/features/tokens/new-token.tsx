import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ROLES, type Role } from '../../../main/contracts/identity.ts';
import type { Failure } from '../../../main/contracts/result.ts';
import { useConsole } from '../../components/console-context.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { ask } from '../commands/ask.ts';

const DEFAULT_DAYS = '90';

/** Makes a token, and shows it this once. */
export function NewToken({ onMade }: { onMade(): void }) {
  const { link } = useConsole();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState(DEFAULT_DAYS);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [made, setMade] = useState<{ readonly name: string; readonly token: string } | null>(null);
  const ready = name.trim() !== '' && /^\d{0,4}$/.test(days);

  const make = async (): Promise<void> => {
    const expiresInDays = days === '' ? null : Number(days);
    const result = await ask(link, `Token ${name} · Make`, 'token.create', { name: name.trim(), role, expiresInDays });
    setFailure(result.ok ? null : result.error);
    if (!result.ok) return;
    setMade({ name: result.value.info.name, token: result.value.token });
    setName('');
    onMade();
  };
  return (
    <>
      <form
        className="new-token"
        aria-label="New token"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void make();
        }}
      >
        <TextInput
          label="Name"
          value={name}
          autoComplete="off"
          spellCheck={false}
          error={failure?.message ?? null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label="Role"
          value={role}
          data={[...ROLES]}
          onChange={(event) => setRole(ROLES.find((known) => known === event.currentTarget.value) ?? 'viewer')}
        />
        <TextInput
          label="Days (empty: never expires)"
          value={days}
          inputMode="numeric"
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <SendButton type="submit" variant="filled" disabled={!ready}>
          Make
        </SendButton>
      </form>
      {made !== null && (
        <p className="note" role="status">
          The token {made.name}, shown this once: <code data-testid="new-token">{made.token}</code>{' '}
          <Button onClick={() => void navigator.clipboard.writeText(made.token)}>Copy</Button>{' '}
          <Button onClick={() => setMade(null)}>Put away</Button>
        </p>
      )}
    </>
  );
}
