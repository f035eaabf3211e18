/** The rows of a CSV text (RFC 4180), for files of a known make-up: what agents print is read by the table compressor, which forgives more. */
export const csvRows = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    const row = rows[rows.length - 1] as Array<string>
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? "")
    if (end === "") break
    if (end !== ",") rows.push([])
  }
  return rows
}
