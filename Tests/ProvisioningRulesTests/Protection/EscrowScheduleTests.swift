import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

@Suite("When an object that keeps failing is tried again")
struct EscrowScheduleTests {
  let schedule = EscrowSchedule(interval: .seconds(1200))
  let start = FixedClock.start

  @Test("Given a failure of its own, the waits double from the interval up to a day")
  func doubles() {
    var now = start
    var waits: [Duration] = []
    for _ in 1...10 {
      let next = schedule.nextAttempt(after: .badRequest, firstFailure: start, now: now)
      waits.append(next - now)
      now = next
    }
    let minutes = [20, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    #expect(waits == minutes.map { .seconds($0 * 60) })
  }

  @Test("Given a passing failure, it is tried in every cycle, however long it lasts", arguments: [0, 1, 100])
  func passing(days: Int) {
    let now = start + .seconds(86_400 * days)
    #expect(schedule.nextAttempt(after: .unavailable, firstFailure: start, now: now) == now + .seconds(1200))
  }

  @Test("So is a user that another user stands in the way of: it may go any time")
  func inTheWay() {
    let failure = Failure(.escrow, .duplicateSourceEntries, "taken", advice: "")
    let now = start + .seconds(864_000)
    #expect(schedule.nextAttempt(after: failure, firstFailure: start, now: now) == now + .seconds(1200))
  }

  @Test(
    "A cycle takes along what falls due before half of the time to the next one, and what no clock that is right can have planned",
    arguments: [(-1, true), (0, true), (600, true), (601, false), (86_400, false), (34_560_000, true)])
  func isDue(inSeconds: Int, _ expected: Bool) {
    let escrow = Escrow(
      objectID: .sample(1), kind: .user, failure: .badRequest, attempts: 1, firstFailure: start, lastAttempt: start,
      nextAttempt: start + .seconds(inSeconds))
    #expect(schedule.isDue(escrow, at: start) == expected)
  }
}
