import { useEffect, useState } from 'react';
import type { DecodedMessage } from '../../../main/contracts/fix-message.ts';
import { useConsole } from '../../components/console-context.tsx';

/** The message as the dictionary of its LP reads it; null until that is known, or where the console cannot say. */
export function useDecoded(provider: string, text: string): DecodedMessage | null {
  const { link } = useConsole();
  const [decoded, setDecoded] = useState<{ readonly text: string; readonly message: DecodedMessage } | null>(null);
  useEffect(() => {
    let wanted = true;
    void link.request('fixlog.decode', { provider, text }).then((result) => {
      if (wanted && result.ok) setDecoded({ text, message: result.value });
    });
    return () => {
      wanted = false;
    };
  }, [link, provider, text]);
  return decoded?.text === text ? decoded.message : null;
}
