import * as Overhead from "./overhead.js"
import { launch } from "./service.js"

const quick = process.argv.includes("--quick")
const service = await launch()
const overhead = await Overhead.run(service, quick ? { rounds: 3, batch: 15 } : { rounds: 15, batch: 150 })
for (const { concurrency, rows, transport } of overhead) {
  console.log(transport, concurrency)
  for (const row of rows)
    console.log(
      row.id.padEnd(16),
      row.time.median.toFixed(1),
      row.cpu.median.toFixed(1),
      row.cpuRatio.median.toFixed(2),
      row.cpuRatio.mad.toFixed(2)
    )
}
await service.close()
