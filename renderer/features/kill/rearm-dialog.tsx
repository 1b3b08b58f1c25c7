import { useSelect } from '../../components/console-context.tsx';
import { utcDateTime } from '../../store/format.ts';
import { TypedDialog } from '../commands/typed-dialog.tsx';

/** Lifts a kill latch. The LP stays inactive until it is activated. */
export function RearmDialog({ provider }: { readonly provider: string }) {
  const state = useSelect((all) => all.mirror.lps[provider]?.state);
  return (
    <TypedDialog
      provider={provider}
      channel="lp.rearm"
      action="Re-arm"
      button="Re-arm"
      usual={['cause found and fixed', 'LP confirmed', 'drill over']}
      size={480}
    >
      {state?.kind === 'killed' && (
        <p className="note">
          Killed by {state.latch.by} at {utcDateTime(state.latch.atMs)} UTC: {state.latch.reason}
        </p>
      )}
    </TypedDialog>
  );
}
