/** A dimension table's name, which HBase (`NAMESPACE:TABLE`), Phoenix (`SCHEMA.TABLE`), MySQL and Redis' keys can all have. */
export function isTableName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.:]{0,127}$/.test(name);
}
