@testable import ProvisioningRules
import TestSupport
import Testing
@testable import ProvisioningModel
@testable import Reconciler

@Suite("How sure it is that an object is gone")
struct EvidenceTests {
  private let object = ObjectID.sample(1)

  /// - Parameter second: When the object is called deleted.
  private func evidence(at second: Int = 0) -> Evidence {
    Evidence(.init(leave: .seconds(10), absence: .seconds(1200)), uptime: Uptime { .seconds(second) })
  }

  @Test("Given nothing but absence, it is unconfirmed, then missing, and deleted after the time for absences")
  func absence() async {
    let evidence = evidence()
    #expect(await evidence.missed(object, at: .seconds(100)) == .unconfirmed(lookAgain: .seconds(10)))
    #expect(await evidence.missed(object, at: .seconds(110)) == .missing(lookAgain: .seconds(1190)))
    #expect(await evidence.missed(object, at: .seconds(1299)) == .missing(lookAgain: .seconds(1)))
    #expect(await evidence.missed(object, at: .seconds(1300)) == .deleted)
  }

  @Test("Given an object that was called deleted, two later looks that miss it prove it; none that began before do")
  func calledDeleted() async {
    let evidence = evidence(at: 105)
    _ = await evidence.missed(object, at: .seconds(90))
    await evidence.deleted([object])
    #expect(await evidence.missed(object, at: .seconds(104)) == .missing(lookAgain: .seconds(1186)))
    #expect(await evidence.missed(object, at: .seconds(105)) == .deleted)
  }

  @Test("Given an object that was called deleted and found since, that is forgotten")
  func restored() async {
    let evidence = evidence(at: 100)
    await evidence.deleted([object])
    await evidence.found(object, at: .seconds(101))
    _ = await evidence.missed(object, at: .seconds(110))
    #expect(await evidence.missed(object, at: .seconds(120)) == .missing(lookAgain: .seconds(1190)))
  }

  @Test("Given members that a look misses, they count until a second one does, and anew when they are seen in between")
  func members() async {
    let evidence = evidence()
    let group = ObjectID.sample(500)
    let user = ObjectID.sample(2)
    let first = await evidence.unconfirmed([user], of: group, present: [], at: .seconds(100))
    #expect(first.users == [user] && first.lookAgain == .seconds(10))
    let other = await evidence.unconfirmed([user], of: .sample(501), present: [], at: .seconds(110))
    #expect(other.users == [user], "another group")
    _ = await evidence.unconfirmed([], of: group, present: [user], at: .seconds(105))
    let again = await evidence.unconfirmed([user], of: group, present: [], at: .seconds(110))
    #expect(again.users == [user] && again.lookAgain == .seconds(10))
    let second = await evidence.unconfirmed([user], of: group, present: [], at: .seconds(120))
    #expect(second.users.isEmpty && second.lookAgain == nil)
  }
}
