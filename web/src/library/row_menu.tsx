import { copyText } from '../parts/copy.ts';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { enqueue } from '../player/enqueue.ts';
import { announce } from '../shell/panels.ts';
import { go, trackPath } from '../shell/route.ts';
import { nameOf, type Track } from '../tracks/model.ts';
import { words } from '../words/index.ts';

export function RowMenu({ track }: { readonly track: Track }) {
  const w = words.value.library;
  const link = new URL(trackPath(track.id), location.href).href;
  const copy = async () => {
    if (await copyText(link)) announce(w.copied);
  };
  return (
    <Menu
      label={w.actions(nameOf(track))}
      entries={[
        { kind: 'action', text: w.playNext, icon: 'next', act: () => enqueue([track.id], 'next') },
        {
          kind: 'action',
          text: w.addToQueue,
          icon: 'queue',
          act: () => enqueue([track.id], 'last'),
        },
        { kind: 'action', text: w.open, icon: 'up', act: () => go(trackPath(track.id)) },
        { kind: 'action', text: w.copyLink, icon: 'copy', act: () => void copy() },
      ]}
    >
      <Icon name="more" />
    </Menu>
  );
}
