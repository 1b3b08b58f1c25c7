import { useConsole, useSelect } from '../../components/console-context.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { grouped } from '../../store/format.ts';

/** When the LP said which number it expects, the repair is one press and a reason away. */
export function RepairOffer({ provider }: { readonly provider: string }) {
  const { store } = useConsole();
  const expects = useSelect((state) => {
    const lp = state.mirror.lps[provider];
    return lp?.state.kind === 'logged-on' || lp?.state.kind === 'recovering' ? null : (lp?.reason?.peerExpects ?? null);
  });
  if (expects === null) return null;
  return (
    <p className="notice">
      The LP expects MsgSeqNum {grouped(expects)} from us.{' '}
      <SendButton onClick={() => store.getState().open({ kind: 'sequence', provider })}>Set the numbers …</SendButton>
    </p>
  );
}
