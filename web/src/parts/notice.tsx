import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

interface NoticeProps {
  readonly title?: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}

/** What went wrong, and the way on. */
export function Notice({ title, text, children }: NoticeProps) {
  return (
    <div class="notice" role="alert">
      <Icon name="warning" />
      <div class="notice-body">
        {title && <strong class="notice-title">{title}</strong>}
        <p>{text}</p>
      </div>
      {children && <div class="notice-actions">{children}</div>}
    </div>
  );
}
