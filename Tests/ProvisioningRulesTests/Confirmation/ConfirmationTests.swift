import ProvisioningRules
import Testing

private typealias Looks = ProvisioningRules.Confirmation<Int>

@Suite("Two looks make a negative conclusion")
struct ConfirmationTests {
  private let distance = Duration.seconds(10)

  private func missed(_ confirmation: inout Looks, _ key: Int, _ second: Int) -> Looks.Verdict {
    confirmation.missed(key, at: .seconds(second), distance: distance)
  }

  @Test("Given two looks that began far enough apart, it is confirmed; before that, it is said when to look again")
  func twoLooks() {
    var confirmation = Looks()
    #expect(missed(&confirmation, 1, 100) == .lookAgain(after: .seconds(10)))
    #expect(missed(&confirmation, 1, 104) == .lookAgain(after: .seconds(6)))
    #expect(missed(&confirmation, 1, 110) == .confirmed)
  }

  @Test("Given another key, its looks do not count for this one")
  func separate() {
    var confirmation = Looks()
    _ = missed(&confirmation, 1, 100)
    #expect(missed(&confirmation, 2, 110) == .lookAgain(after: .seconds(10)))
  }

  @Test("Given a look in between that found it, it takes two more; one that began before the miss changes nothing")
  func found() {
    var confirmation = Looks()
    _ = missed(&confirmation, 1, 100)
    confirmation.found(1, at: .seconds(99))
    #expect(missed(&confirmation, 1, 110) == .confirmed)
    confirmation.found(1, at: .seconds(111))
    #expect(missed(&confirmation, 1, 112) == .lookAgain(after: .seconds(10)))
  }

  @Test("Given an answer that was overtaken, looks are counted from when they began, not from when they ended")
  func overtaken() {
    var confirmation = Looks()
    _ = missed(&confirmation, 1, 100)
    #expect(missed(&confirmation, 1, 95) == .lookAgain(after: .seconds(10)))
  }

  @Test("Given a first look of hours ago, it counts for nothing")
  func old() {
    var confirmation = Looks()
    _ = missed(&confirmation, 1, 100)
    #expect(missed(&confirmation, 1, 100 + 3601) == .lookAgain(after: .seconds(10)))
  }

  @Test("Given no distance, one look is enough")
  func switchedOff() {
    var confirmation = Looks()
    #expect(confirmation.missed(1, at: .zero, distance: .zero) == .confirmed)
  }
}
