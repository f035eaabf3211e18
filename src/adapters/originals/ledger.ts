/** The ledger's grain: rows are summed by the hour, so that it stays small and holds no trace of single requests. */
export const hourOf = (at: number): number => Math.floor(at / 3_600_000) * 3_600_000
