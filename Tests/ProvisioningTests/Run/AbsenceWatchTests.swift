import TestSupport
import Testing

@testable import Provisioning

@Suite("Users who cannot be found")
struct AbsenceWatchTests {
  private let start = FixedClock.start

  @Test("Given one sighting, an absence does not count; given a second some seconds later, it does")
  func twice() async {
    let watch = AbsenceWatch()
    #expect(await !watch.isConfirmed(.sample(1), at: start))
    #expect(await !watch.isConfirmed(.sample(1), at: start + .milliseconds(1999)))
    #expect(await watch.isConfirmed(.sample(1), at: start + .seconds(2)))
  }

  @Test("Given another user's absence, it does not count for this one")
  func separate() async {
    let watch = AbsenceWatch()
    #expect(await !watch.isConfirmed(.sample(1), at: start))
    #expect(await !watch.isConfirmed(.sample(2), at: start + .seconds(5)))
  }

  @Test("Given a user who was seen in between, the absence has to be seen twice again")
  func seenAgain() async {
    let watch = AbsenceWatch()
    #expect(await !watch.isConfirmed(.sample(1), at: start))
    await watch.forget(.sample(1))
    #expect(await !watch.isConfirmed(.sample(1), at: start + .seconds(5)))
  }
}
