import { useSelect } from '../../components/console-context.tsx';
import { utcDateTime } from '../../store/format.ts';
import { TypedDialog } from '../commands/typed-dialog.tsx';

/** A person's word that a silent console is gone. */
export function TakeOverDialog({ provider }: { readonly provider: string }) {
  const silent = useSelect((all) => all.mirror.lps[provider]?.silentOwner ?? null);
  return (
    <TypedDialog
      provider={provider}
      channel="lp.take-over"
      action="Take over"
      button="It is gone: take over"
      usual={['machine is off', 'process has ended', 'drill']}
      size={560}
    >
      <p className="note">
        {silent === null
          ? 'The console that owned it is heard of again.'
          : `${silent.name} owned ${provider} and has been silent since ${utcDateTime(silent.sinceMs)} UTC.`}
      </p>
      <p className="notice">
        It may only have lost the database, and then its sessions are still on: two Logons on one session. An LP that was killed
        there meanwhile is not known to be killed here. Go on when its process or its machine is certainly gone. Everything that
        it owned is taken over.
      </p>
    </TypedDialog>
  );
}
