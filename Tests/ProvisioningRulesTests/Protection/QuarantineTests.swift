import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

private let start = FixedClock.start
private let forbidden = Failure(.quarantine, .insufficientRights, "may not write", advice: "")
private let server = Failure(
  .retry(after: nil), .internalServerError, "unavailable", advice: "",
  exchange: Exchange(upstream: "xmatters", method: "POST", route: "/people", status: 503))

@Suite("The quarantine")
final class QuarantineTests {
  let policy = QuarantinePolicy(
    minimumFailures: 5, failureShare: 0.4, window: .seconds(600), probeInitial: .seconds(30), probeMax: .seconds(600),
    disableAfter: .seconds(86_400))
  var quarantine: Quarantine

  init() {
    quarantine = Quarantine(policy: policy)
  }

  private func fail(
    _ count: Int, _ failure: Failure = .badRequest, from first: Int = 1, at time: Timestamp = start
  )
    -> [ProtectionEvent]
  {
    (first..<first + count).compactMap { quarantine.failed(failure, object: .sample($0), isNew: true, at: time) }
  }

  private func succeed(_ count: Int, at time: Timestamp = start) {
    for number in 0..<count { quarantine.succeeded(.sample(1000 + number), at: time) }
  }

  // MARK: Entering

  @Test("Given refused credentials, it begins at once and says why and when the first probe is made")
  func credentials() throws {
    let event = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    let status = try #require(quarantine.status)
    #expect(event == .quarantined(status))
    #expect(status.reason == .exception && status.failure == .refusedCredentials)
    #expect(status.seriesBegan == start && status.currentBegan == start && status.seriesCount == 0)
    #expect(status.nextAttempt == start + .seconds(2))
    #expect(quarantine.failed(.refusedCredentials, object: .sample(1), isNew: true, at: start) == nil, "told once")
  }

  @Test("Given failing objects, it begins when they are enough in number and in share")
  func proportion() {
    succeed(7)
    #expect(fail(4).isEmpty)
    let events = fail(1, from: 5)
    #expect(events.count == 1 && quarantine.status?.reason == .escrowProportion)
    #expect(quarantine.status?.nextAttempt == start + .seconds(30))
  }

  @Test("Given as many failures but a smaller share, it does not begin")
  func smallShare() {
    succeed(8)
    #expect(fail(5).isEmpty && !quarantine.isActive)
  }

  @Test("Given failures spread over more than the window, it does not begin")
  func spread() {
    #expect(fail(4).isEmpty)
    #expect(fail(4, from: 5, at: start + .seconds(660)).isEmpty)
    #expect(fail(1, from: 9, at: start + .seconds(661)).count == 1)
  }

  @Test("Given one object that fails again and again, it counts once")
  func samePoison() {
    for _ in 1...100 { _ = quarantine.failed(.badRequest, object: .sample(1), isNew: false, at: start) }
    #expect(!quarantine.isActive)
  }

  @Test(
    "Given failures that are no object's fault, they do not count",
    arguments: [
      Failure(.reread, .invalidAnchor, "gone", advice: ""), .cancelled,
      Failure(.retry(after: .seconds(2)), .internalError, "asked once more", advice: ""),
    ])
  func nobodysFault(failure: Failure) {
    #expect(fail(100, failure).isEmpty)
  }

  @Test("Given an outage, it begins like for any failing objects")
  func outage() {
    #expect(fail(5, server).count == 1)
  }

  @Test("Given refused credentials while objects fail, the reason changes, once")
  func worse() throws {
    _ = fail(5)
    let event = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    let status = try #require(quarantine.status)
    #expect(event == .quarantineReasonChanged(status) && status.reason == .exception)
    #expect(quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start) == nil)
  }

  // MARK: Probing

  @Test("Probes come with growing intervals, sooner at first when a person may mend the cause at any moment")
  func backoff() {
    func waits(_ failure: Failure) -> [Int] {
      var quarantine = Quarantine(policy: policy)
      for number in 1...5 { _ = quarantine.failed(failure, object: .sample(number), isNew: true, at: start) }
      var waits: [Int] = []
      var now = start
      for _ in 1...11 {
        guard let next = quarantine.status?.nextAttempt else { break }
        waits.append(Int((next - now) / .seconds(1)))
        now = next
        _ = quarantine.probed(.unavailable, at: now)
      }
      return waits
    }
    #expect(waits(.badRequest) == [30, 60, 120, 240, 480, 600, 600, 600, 600, 600, 600])
    #expect(waits(.refusedCredentials) == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600])
  }

  @Test("Given a probe that fails, the series goes on")
  func series() {
    _ = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    #expect(quarantine.probed(.unavailable, at: start + .seconds(2)) == nil)
    #expect(quarantine.status?.seriesBegan == start && quarantine.status?.seriesCount == 1)
    #expect(quarantine.status?.currentBegan == start + .seconds(2))
    #expect(quarantine.status?.failure == .refusedCredentials, "what began it is worth more than what passes")
  }

  @Test("Given a probe that finds another cause, that is told")
  func otherCause() {
    _ = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    let event = quarantine.probed(forbidden, at: start + .seconds(2))
    #expect(event == quarantine.status.map { .quarantineReasonChanged($0) })
    #expect(quarantine.status?.failure == forbidden)
  }

  @Test("Given a probe that goes well, it is over, and old failures do not begin another one")
  func recovery() {
    _ = fail(5)
    let before = quarantine.status
    #expect(quarantine.probed(nil, at: start + .seconds(30)) == before.map { .quarantineLeft($0) })
    #expect(!quarantine.isActive)
    #expect(fail(4, from: 6, at: start + .seconds(31)).isEmpty)
  }

  @Test(
    "Given a relapse soon after, probes go on where they had come to; later they begin anew", arguments: [599, 600])
  func relapse(after seconds: Int) {
    _ = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    _ = quarantine.probed(nil, at: start)
    let again = start + .seconds(seconds)
    _ = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: again)
    #expect(quarantine.status?.nextAttempt == again + .seconds(seconds < 600 ? 4 : 2))
  }

  @Test("Given a probe that was cancelled, nothing is concluded")
  func cancelled() {
    _ = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    let before = quarantine.status
    #expect(quarantine.probed(.cancelled, at: start + .seconds(2)) == nil && quarantine.status == before)
  }

  @Test("Given something mended, the next probe is made at once")
  func hastened() {
    #expect(quarantine.hasten(at: start) == false)
    _ = fail(5)
    #expect(quarantine.hasten(at: start) && quarantine.status?.nextAttempt == start)
  }

  // MARK: Its end

  @Test("Given too long a quarantine, the job is disabled, once, and only a person brings it back")
  func disabled() {
    _ = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    let end = start + policy.disableAfter
    let probes = policy.disableAfter.milliseconds / policy.probeMax.milliseconds / 2
    for _ in 0...probes { #expect(quarantine.probed(.refusedCredentials, at: end - .milliseconds(1)) == nil) }
    #expect(quarantine.probed(.refusedCredentials, at: end) == quarantine.status.map { .jobDisabled($0) })
    #expect(quarantine.status?.isDisabled == true && quarantine.status?.nextAttempt == nil)
    #expect(quarantine.probed(nil, at: end) == nil && quarantine.isActive)
    #expect(quarantine.hasten(at: end) == false)
    _ = quarantine.lift(forgetting: true)
    #expect(!quarantine.isActive)
  }

  @Test("Given a clock that jumps ahead during a quarantine, the job is not disabled for it")
  func jumpedAhead() {
    _ = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    for _ in 0..<3 {
      #expect(quarantine.probed(.refusedCredentials, at: start + policy.disableAfter * 40) == nil)
    }
    #expect(quarantine.status?.isDisabled == false)
    _ = quarantine.probed(nil, at: start + .seconds(60))
    #expect(!quarantine.isActive)
  }

  @Test("Given a restart, it goes on with a probe at once; a disabled job stays disabled", arguments: [false, true])
  func restored(isDisabled: Bool) {
    let stored = QuarantineStatus(
      reason: .exception, failure: .refusedCredentials, seriesBegan: start, currentBegan: start, seriesCount: 3,
      nextAttempt: isDisabled ? nil : start + .seconds(600), isDisabled: isDisabled)
    let now = start + .seconds(60)
    quarantine.restore(stored, at: now)
    #expect(quarantine.status?.seriesCount == 3)
    #expect(quarantine.status?.nextAttempt == (isDisabled ? nil : now))
  }

  @Test("Given a person who lifts it, it is over at once", arguments: [false, true])
  func lifted(forgetting: Bool) {
    #expect(quarantine.lift(forgetting: forgetting) == nil, "there is none")
    _ = quarantine.failed(.refusedCredentials, object: nil, isNew: true, at: start)
    let before = quarantine.status
    #expect(quarantine.lift(forgetting: forgetting) == before.map { .quarantineLeft($0) })
  }
}

@Suite("A refusal that concerns one object alone")
final class OwnRefusalTests {
  var quarantine = Quarantine(policy: .init())

  @Test("Given a probe that contradicts the refusal, the same object does not stop the others again")
  func suspect() {
    #expect(!quarantine.concernsOnly(.sample(1), forbidden, at: start))
    _ = quarantine.failed(forbidden, object: .sample(1), isNew: true, at: start)
    _ = quarantine.probed(nil, at: start + .seconds(2))
    #expect(quarantine.concernsOnly(.sample(1), forbidden, at: start + .seconds(3)))
    #expect(!quarantine.concernsOnly(.sample(2), forbidden, at: start + .seconds(3)))
    #expect(!quarantine.concernsOnly(.sample(1), .refusedCredentials, at: start + .seconds(3)))
  }

  @Test("Given others that go well since the probe, a further refused object is at fault itself, for a while")
  func proven() {
    _ = quarantine.failed(forbidden, object: .sample(1), isNew: true, at: start)
    _ = quarantine.probed(nil, at: start)
    quarantine.succeeded(.sample(3), at: start)
    #expect(quarantine.concernsOnly(.sample(2), forbidden, at: start + .seconds(599)))
    #expect(!quarantine.concernsOnly(.sample(2), forbidden, at: start + .seconds(600)))
  }

  @Test("Given the object goes well again, it is no exception any more")
  func rehabilitated() {
    _ = quarantine.failed(forbidden, object: .sample(1), isNew: true, at: start)
    _ = quarantine.probed(nil, at: start)
    quarantine.succeeded(.sample(1), at: start)
    #expect(!quarantine.concernsOnly(.sample(1), forbidden, at: start + .seconds(700)))
  }
}
