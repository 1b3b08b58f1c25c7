import { useSelect } from '../../components/console-context.tsx';
import { DiscardDialog } from '../audit/discard-dialog.tsx';
import { KeysHelp } from '../commands/keys-help.tsx';
import { Palette } from '../commands/palette.tsx';
import { ReasonDialog } from '../commands/reason-dialog.tsx';
import { KillAllDialog } from '../kill/kill-all-dialog.tsx';
import { KillDialog } from '../kill/kill-dialog.tsx';
import { RearmDialog } from '../kill/rearm-dialog.tsx';
import { SequenceDialog } from '../lp-detail/sequence-dialog.tsx';
import { TakeOverDialog } from '../lp-detail/take-over-dialog.tsx';
import { LpFormDialog } from '../lp-form/lp-form-dialog.tsx';

/** The one dialog that is open, if any. */
export function Dialogs() {
  const dialog = useSelect((state) => state.dialog);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'palette':
      return <Palette />;
    case 'keys':
      return <KeysHelp />;
    case 'kill':
      return <KillDialog provider={dialog.provider} held={dialog.held} />;
    case 'kill-all':
      return <KillAllDialog />;
    case 'rearm':
      return <RearmDialog provider={dialog.provider} />;
    case 'take-over':
      return <TakeOverDialog provider={dialog.provider} />;
    case 'sequence':
      return <SequenceDialog provider={dialog.provider} />;
    case 'deactivate':
    case 'restart':
    case 'delete':
      return <ReasonDialog action={dialog.kind} provider={dialog.provider} />;
    case 'discard':
      return <DiscardDialog writes={dialog.writes} />;
    case 'add':
      return <LpFormDialog mode="add" provider={null} />;
    case 'edit':
    case 'clone':
      return <LpFormDialog mode={dialog.kind} provider={dialog.provider} />;
  }
}
