import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentProps } from 'react';
import { cannotSend } from '../store/sendable.ts';
import { useSelect } from './console-context.tsx';

/** A button whose press is sent to the console, now or from the dialog that it opens: while that cannot be, it is disabled and says why. */
export function SendButton({ disabled, title, ...rest }: ButtonProps & ComponentProps<'button'>) {
  const why = useSelect((state) => cannotSend(state, 'acts'));
  return <Button {...rest} disabled={disabled === true || why !== null} title={why ?? title} />;
}
