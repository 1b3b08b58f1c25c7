import { useConsole, useSelect } from '../../components/console-context.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { Time } from '../../components/time.tsx';

/** The console that had the LP is not heard of any more: who, since when, and what a person can do about it. */
export function TakeOverOffer({ provider }: { readonly provider: string }) {
  const { store } = useConsole();
  const silent = useSelect((state) => state.mirror.lps[provider]?.silentOwner ?? null);
  if (silent === null) return null;
  return (
    <p className="notice" data-testid="take-over-offer">
      {silent.name} owned {provider} and has been silent since <Time atMs={silent.sinceMs} format="date-time" /> UTC.{' '}
      <SendButton onClick={() => store.getState().open({ kind: 'take-over', provider })}>Take over …</SendButton>
    </p>
  );
}
