import type { Listenable, Scope } from '../lib/scope';

/**
 * Calls `changed` when the browser says that the machine has moved to another kind of network, as
 * from Wi-Fi to mobile data (Network Information API). Its other changes are estimates of speed.
 */
export function watchNetwork(scope: Scope, changed: () => void): void {
  const { connection } = navigator as { readonly connection?: Listenable & { readonly type?: string } };
  if (!connection) return;
  let type = connection.type;
  scope.listen(connection, 'change', () => {
    if (connection.type === type) return;
    type = connection.type;
    changed();
  });
}
