import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { words } from '../words/index.ts';
import { shortcutsOpen } from './panels.ts';

export function Shortcuts() {
  const { shortcuts: w, shell } = words.value;
  const general: readonly [readonly string[], string][] = [
    [[w.space], w.playPause],
    [['←', '→'], w.seek],
    [[`${w.shift} ←`, `${w.shift} →`], w.tracks],
    [['↑', '↓'], w.volume],
    [['M'], w.mute],
    [['Q'], w.queue],
    [['?'], w.help],
  ];
  const list: readonly [readonly string[], string][] = [
    [['↑', '↓'], w.move],
    [[`${w.shift} ↑`, `${w.shift} ↓`], w.extend],
    [['Ctrl A'], w.all],
    [[w.enter], w.playRow],
  ];
  return (
    <Dialog open={shortcutsOpen} class="dialog" label={w.title}>
      <div class="section-head">
        <h2>{w.title}</h2>
        <button
          type="button"
          class="button-icon"
          aria-label={shell.close}
          onClick={() => {
            shortcutsOpen.value = false;
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <Keys rows={general} />
      <h3>{w.inList}</h3>
      <Keys rows={list} />
    </Dialog>
  );
}

function Keys({ rows }: { readonly rows: readonly [readonly string[], string][] }) {
  return (
    <dl class="keys">
      {rows.map(([keys, meaning]) => (
        <div key={meaning}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
