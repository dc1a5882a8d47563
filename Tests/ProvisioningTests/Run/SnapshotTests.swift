import ProvisioningModel
import Reconciler
import TestSupport
import Testing

@Suite("A listing of xMatters, and what runs do while it is read and afterwards")
struct SnapshotTests {
  private let people = PeopleSnapshot()
  private let groups = GroupSnapshot()

  @Test("a person written to meanwhile is read again, and one created meanwhile is not missing")
  func people() async throws {
    let target = ModelTarget(
      faults: Faults(turn: { [people] in
        await people.outdate(PersonID("hand-1"))
        await people.add(PersonID("new"))
      }))
    for name in ["ada", "grace", "mary"] { target.put([.targetName: .text(name)]) }
    _ = try await people.fill(from: target, policy: .sample())
    guard case .unknown = await people.take(PersonID("hand-1")), case .found = await people.take(PersonID("hand-2"))
    else {
      Issue.record("the listing is believed, or it is not")
      return
    }
    #expect(await !people.isMissing(PersonID("hand-1")))
    #expect(await !people.isMissing(PersonID("new")))
    #expect(await people.isMissing(PersonID("gone")))
    await people.outdate(PersonID("hand-3"))
    guard case .unknown = await people.take(PersonID("hand-3")) else {
      Issue.record("what was written since is not known")
      return
    }
  }

  @Test("a group that is written to meanwhile, or since, is read again")
  func groups() async throws {
    let target = ModelTarget(faults: Faults(turn: { [groups] in await groups.outdate(GroupID("hand-group-1")) }))
    for name in ["a", "b", "c"] { _ = target.putGroup(name) }
    _ = try await groups.fill(from: target, policy: .sample())
    #expect(await groups.take(GroupID("hand-group-1")) == .unknown)
    #expect(await groups.take(GroupID("hand-group-2")) != .unknown)
    await groups.outdate(GroupID("hand-group-3"))
    #expect(await groups.take(GroupID("hand-group-3")) == .unknown)
  }
}
