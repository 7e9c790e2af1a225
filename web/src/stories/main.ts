import '../styles/tokens.css';
import '../styles/page.css';
import { App } from '../apps/app';
import { markTexts } from './marked';
import { forgetIdentity, saveIdentity } from '../apps/identity';
import { Scope } from '../lib/scope';
import { Stage } from './stage';
import { STORIES, type Story } from './stories';

/** Draws the story named by ?screen=, or the list of all of them. */
async function show(): Promise<void> {
  const params = new URLSearchParams(location.search);
  const name = params.get('screen') ?? '';
  if (params.has('marked')) markTexts();
  const story = STORIES[name];
  if (!story) {
    list();
    return;
  }
  location.hash = story.route ?? '';
  sessionStorage.removeItem('parley.reason');
  sessionStorage.removeItem('parley.waiting');
  if (story.role === '') forgetIdentity(sessionStorage);
  else saveIdentity(sessionStorage, { token: 't', expires_at: '2999-01-01T00:00:00Z', person: { id: 'me', role: story.role, name: 'Maya Torres' } });
  const language = params.get('language') ?? '';
  if (language !== '') Object.defineProperty(navigator, 'languages', { value: [language] }); // before the sign-in the browser's counts
  await act(story, language);
  document.body.dataset.ready = 'true';
}

async function act(story: Story, language: string): Promise<void> {
  const stage = story.stage?.() ?? new Stage();
  stage.language ||= language;
  const app = new App();
  app.surroundings = stage.surroundings;
  document.body.append(app);
  await drawn(app);
  if (story.role !== '') stage.welcome(story.role);
  await drawn(app);
  await story.play?.(stage);
  await drawn(app);
  if (app.shadowRoot) story.then?.(app.shadowRoot);
  await drawn(app);
  document.body.dataset.data = JSON.stringify(stage.data());
}

async function drawn(app: App): Promise<void> {
  const scope = new Scope();
  for (let round = 0; round < 3; round++) {
    await new Promise<void>((resolve) => scope.timeout(20, resolve));
    await app.updateComplete;
  }
}

function list(): void {
  const links = Object.keys(STORIES).map((name) => {
    const link = document.createElement('a');
    link.href = `?screen=${name}`;
    link.textContent = name;
    const item = document.createElement('li');
    item.append(link);
    return item;
  });
  const ul = document.createElement('ul');
  ul.append(...links);
  document.body.append(ul);
  document.body.dataset.screens = Object.keys(STORIES).join(' ');
}

void show();
