/** A dimension table's name, which HBase (`NAMESPACE:TABLE`), Phoenix (`SCHEMA.TABLE`), MySQL and Redis' keys can all have. */
export function isTableName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.:]{0,127}$/.test(name);
}

/** An analytical table's name, which ClickHouse takes without quotes. */
export function isAnalyticalTableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name);
}
