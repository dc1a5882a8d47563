@testable import ProvisioningModel
import TestSupport
import Testing
@testable import Reconciler

@Suite("How an import job is waited for")
struct UploadPatienceTests {
  private let began = FixedClock.start

  @Test("pauses grow up to their bound, and the end ends them")
  func pauses() {
    var patience = UploadPatience(began: began)
    var pauses: [Duration] = []
    for processed in 1...12 {
      let step = patience.next(.init(isEnded: false, processed: processed), at: began + .seconds(processed))
      if case .look(let pause) = step { pauses.append(pause) }
    }
    #expect(pauses.count == 12)
    #expect(pauses.first == UploadPatience.firstPause && pauses.last == UploadPatience.longestPause)
    #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(patience.next(.init(isEnded: true, processed: 12), at: began) == .ended)
  }

  @Test("a job that stands still, or cannot be read, is given up; one that moves is not")
  func standstill() {
    var patience = UploadPatience(began: began)
    let later = began + UploadPatience.standstill + .seconds(-1)
    #expect(patience.next(.init(isEnded: false, processed: 1), at: later) != .giveUp)
    #expect(patience.next(.init(isEnded: false, processed: 1), at: later + .seconds(299)) != .giveUp)
    #expect(patience.next(nil, at: later + .seconds(300)) == .giveUp)
  }

  @Test("nor is a job waited for endlessly because it moves")
  func inAll() {
    var patience = UploadPatience(began: began)
    var now = began
    var looks = 0
    while case .look = patience.next(.init(isEnded: false, processed: looks + 1), at: now), looks < 1000 {
      looks += 1
      now = now + .seconds(60)
    }
    #expect(looks == 60)
  }
}
