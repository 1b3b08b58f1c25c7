import { type NotificationData, notifications } from '@mantine/notifications';

interface Notice extends Omit<NotificationData, 'title' | 'message'> {
  readonly title: string;
  readonly message: string;
}

/** What the library is given are elements of ours, whose texts are visible whatever a peer or a person has put into them. */
const shown = ({ title, message, ...rest }: Notice): NotificationData => ({
  ...rest,
  title: <>{title}</>,
  message: <>{message}</>,
});

export const notify = (notice: Notice): void => {
  notifications.show(shown(notice));
};

/** Changes a notice by its id. */
export const renotify = (notice: Notice & { readonly id: string }): void => {
  notifications.update(shown(notice));
};
