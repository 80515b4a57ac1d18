import { took } from '../figures.ts';
import { Icon } from '../parts/icon.tsx';
import { departure, type Journey, type Point, points, stayed } from '../tracks/stages.ts';
import { language, words } from '../words/index.ts';
import type { Upload } from './upload.ts';

/** Five points on a line: where the song is, and how long each took. */
export function StageLine({ upload }: { readonly upload: Upload }) {
  const w = words.value.upload;
  const arrived = upload.phase.value === 'arrived';
  const journey = upload.watching.value?.journey.value ?? departure;
  const travel = arrived ? upload.tookMs.value : null;
  return (
    <ol class="stages" aria-label={w.stages}>
      {points.map((point) => {
        const state = arrived ? standing(journey, point) : point === 'received' ? 'now' : 'later';
        const time = point === 'received' ? travel : stayed(journey, point);
        return (
          <li
            key={point}
            class={`stage stage-${state}`}
            aria-current={state === 'now' ? 'step' : undefined}
          >
            <span class="stage-dot">{state === 'done' && <Icon name="check" />}</span>
            <span class="stage-name">{w.points[point]}</span>
            <span class="visually-hidden">
              {{ done: w.stageDone, now: w.stageNow, later: w.stageLater }[state]}
            </span>
            <span class="stage-time">{figure(state, time, journey)}</span>
          </li>
        );
      })}
    </ol>
  );
}

type Standing = 'done' | 'now' | 'later';

function standing(journey: Journey, point: Point): Standing {
  const [here, there] = [points.indexOf(journey.point), points.indexOf(point)];
  if (point === 'received' || there < here || journey.point === 'ready') return 'done';
  return there === here ? 'now' : 'later';
}

function figure(state: Standing, time: number | null, journey: Journey): string {
  if (state === 'done' && time !== null) return took(time, language.value);
  if (state === 'now' && journey.percent !== null) return `${Math.round(journey.percent)} %`;
  return ' ';
}
