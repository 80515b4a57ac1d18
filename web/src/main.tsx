import { render } from 'preact';
import './styles/index.css';
import { start } from './api/session.ts';
import { connectKeyboard } from './player/keyboard.ts';
import { connectMediaSession } from './player/media_session.ts';
import { Page } from './shell/page.tsx';
import { connectLinks } from './shell/route.ts';
import { announceUploads } from './uploads/announce.ts';

const root = document.getElementById('page');
if (!root) throw new Error('The page has no place to stand.');

void start();
connectLinks();
connectKeyboard();
connectMediaSession();
announceUploads();
render(<Page />, root);
