import { useSelect } from '../../components/console-context.tsx';
import type { Dialog } from '../../store/console-store.ts';
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

/** The dialog that is open, if any, and the one that a kill was put over, which keeps what was typed into it. */
export function Dialogs() {
  const dialog = useSelect((state) => state.dialog);
  const beneath = useSelect((state) => state.beneath);
  return [beneath, dialog].map((one) => one !== null && <One key={keyOf(one)} dialog={one} />);
}

const keyOf = (dialog: Dialog): string => `${dialog.kind} ${'provider' in dialog ? dialog.provider : ''}`;

function One({ dialog }: { readonly dialog: Dialog }) {
  switch (dialog.kind) {
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
