/** The forms of `Retry-After` of RFC 9110, section 10.2.3, and others that services send. */

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

const padded = (value: number) => String(value).padStart(2, "0")

const parts = (date: Date) => {
  const [, day = "", month = "", year = "", time = ""] = date.toUTCString().split(" ")
  return { weekday: days[date.getUTCDay()] ?? "", day, month, year, time }
}

export interface Form {
  readonly name: string
  /** The requested wait in seconds; undefined if the header requests none. */
  readonly seconds: number | undefined
  /** The header's value; `moment` is the requested time. */
  readonly header: (moment: Date) => string
}

export const forms: ReadonlyArray<Form> = [
  { name: "seconds", seconds: 1, header: () => "1" },
  { name: "seconds, whitespace around", seconds: 1, header: () => "\t 1 \t" },
  { name: "seconds, leading zero", seconds: 1, header: () => "01" },
  { name: "zero", seconds: 0, header: () => "0" },
  { name: "IMF-fixdate", seconds: 2, header: (moment) => moment.toUTCString() },
  {
    name: "RFC 850 date",
    seconds: 2,
    header: (moment) => {
      const { day, month, time, weekday, year } = parts(moment)
      return `${weekday}, ${day}-${month}-${year.slice(2)} ${time} GMT`
    }
  },
  {
    name: "asctime date",
    seconds: 2,
    header: (moment) => {
      const { month, time, weekday, year } = parts(moment)
      return `${weekday.slice(0, 3)} ${month} ${padded(moment.getUTCDate()).replace(/^0/, " ")} ${time} ${year}`
    }
  },
  { name: "past date", seconds: 0, header: () => "Sun, 06 Nov 1994 08:49:37 GMT" },
  { name: "fraction (not of the grammar)", seconds: undefined, header: () => "1.5" },
  { name: "negative (not of the grammar)", seconds: undefined, header: () => "-1" },
  { name: "a word (not of the grammar)", seconds: undefined, header: () => "soon" },
  { name: "empty", seconds: undefined, header: () => "" },
  { name: "a day", seconds: 86_400, header: () => "86400" },
  { name: "beyond a timer of JavaScript", seconds: 3_000_000, header: () => "3000000" }
]
