import { rings, type SessionState } from '../client/state';
import type { Translate } from '../i18n/catalogue';
import { expertPage } from '../ui/directory';
import { ending } from '../ui/words';

/** The tab's title: what is on the page first, for tabs show no more than that. `role` is empty while nobody is signed in. */
export function title(t: Translate, session: Pick<SessionState, 'call' | 'waits' | 'operator' | 'experts'>, role: string, route: string): string {
  const name = session.operator?.name ?? 'Parley';
  const { call } = session;
  if (call && rings(session)) return `☎ ${t('incoming.calling', { name: call.peer.name })}`;
  const page = call === null ? pageTitle(t, session, role, route) : call.state === 'ended' ? ending(t, call).title : call.peer.name;
  return page === '' ? name : `${page} – ${name}`;
}

function pageTitle(t: Translate, { experts }: Pick<SessionState, 'experts'>, role: string, route: string): string {
  switch (role) {
    case 'member':
      if (route === '#/calls') return t('page.calls');
      return experts?.find(({ id }) => expertPage(id) === route)?.name ?? t('page.experts');
    case 'expert':
      return t('page.desk');
    case 'qa':
    case 'qa-lead':
      return t('qa.title');
    case 'admin':
    case 'auditor':
      return t('admin.title');
    case 'privacy':
      return t('privacy.title');
    default:
      return '';
  }
}
