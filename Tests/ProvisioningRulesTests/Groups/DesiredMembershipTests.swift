import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

@Suite("Who ought to be in a group, and what has to be written for it")
struct DesiredMembershipTests {
  private static func link(_ number: Int, _ condition: Link.Condition = .active) -> Link {
    Link(objectID: .sample(number), personID: PersonID("p\(number)"), condition: condition)
  }

  private static func member(_ number: Int, _ person: String? = nil) -> GroupMember {
    GroupMember(user: .sample(number), person: person.map { PersonID($0) })
  }

  private static func ids(_ names: [String]) -> Set<MemberID> { Set(names.map { MemberID($0) }) }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var users: [Int]
    var links: [Link] = []
    var recorded: Set<GroupMember> = []
    var leaving: Set<ObjectID> = []
    var current: [String] = []
    var isExact = false
    var added: [String] = []
    var removed: [String] = []
    var after: Set<GroupMember>

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    .init(name: "nobody", users: [], after: []),
    .init(
      name: "provisioned members come in, in order", users: [2, 1], links: [link(1), link(2)], added: ["p1", "p2"],
      after: [member(1, "p1"), member(2, "p2")]),
    .init(name: "one who is not provisioned yet is awaited", users: [1], after: [member(1)]),
    .init(
      name: "one who left the scope is awaited and goes", users: [1], links: [link(1, .released)],
      recorded: [member(1, "p1")], current: ["p1"], removed: ["p1"], after: [member(1)]),
    .init(
      name: "a disabled one stays", users: [1], links: [link(1, .disabled)], recorded: [member(1, "p1")],
      current: ["p1"], after: [member(1, "p1")]),
    .init(
      name: "a member that is in already is taken for ours", users: [1], links: [link(1)], current: ["p1"],
      after: [member(1, "p1")]),
    .init(
      name: "one who left the group goes", users: [1], links: [link(1), link(2)],
      recorded: [member(1, "p1"), member(2, "p2")], current: ["p1", "p2"], removed: ["p2"],
      after: [member(1, "p1")]),
    .init(
      name: "one who left and is gone from xMatters needs no write", users: [], recorded: [member(1, "p1")], after: []),
    .init(
      name: "added by hand: left", users: [1], links: [link(1)], current: ["hand", "device"], added: ["p1"],
      after: [member(1, "p1")]),
    .init(
      name: "added by hand: goes when exact", users: [1], links: [link(1)], current: ["hand", "device", "p1"],
      isExact: true, removed: ["device", "hand"], after: [member(1, "p1")]),
    .init(
      name: "added by hand, a managed person who is not in the group: left", users: [1], links: [link(1), link(2)],
      current: ["p1", "p2"], after: [member(1, "p1")]),
    .init(
      name: "taken out by hand: comes back", users: [1], links: [link(1)], recorded: [member(1, "p1")],
      added: ["p1"], after: [member(1, "p1")]),
    .init(
      name: "another person by now: changes places", users: [1], links: [link(1)], recorded: [member(1, "old")],
      current: ["old"], added: ["p1"], removed: ["old"], after: [member(1, "p1")]),
    .init(
      name: "its link is lost: spared", users: [1], recorded: [member(1, "p1")], current: ["p1"],
      after: [member(1, "p1")]),
    .init(
      name: "its link is lost: spared, also when exact", users: [1], recorded: [member(1, "p1")],
      current: ["p1", "hand"], isExact: true, removed: ["hand"], after: [member(1, "p1")]),
    .init(
      name: "a person passed from one who left to one who is in: stays", users: [2],
      links: [Link(objectID: .sample(2), personID: PersonID("p1"))], recorded: [member(1, "p1")], current: ["p1"],
      after: [member(2, "p1")]),
    .init(
      name: "one on the way out of scope stays until that is done", users: [2], links: [link(1), link(2)],
      recorded: [member(1, "p1"), member(2, "p2")], leaving: [.sample(1)], current: ["p1", "p2"],
      after: [member(1, "p1"), member(2, "p2")]),
    .init(
      name: "the last one left", users: [], recorded: [member(1, "p1")], current: ["p1", "hand"], removed: ["p1"],
      after: []),
  ]

  @Test("The table", arguments: cases)
  func table(_ row: Case) {
    let membership = DesiredMembership(
      of: Set(row.users.map { .sample($0) }), links: row.links, recorded: row.recorded, leaving: row.leaving)
    let difference = membership.difference(
      from: Self.ids(row.current), recorded: row.recorded, isExact: row.isExact)
    #expect(difference.added == row.added.map { PersonID($0) })
    #expect(difference.removed == row.removed.map { MemberID($0) })
    #expect(membership.members == row.after)
  }

  @Test("Once written, nothing differs", arguments: cases)
  func isStable(_ row: Case) {
    let users = Set(row.users.map { ObjectID.sample($0) })
    let membership = DesiredMembership(of: users, links: row.links, recorded: row.recorded, leaving: row.leaving)
    let difference = membership.difference(from: Self.ids(row.current), recorded: row.recorded, isExact: row.isExact)
    let written = Self.ids(row.current).union(difference.added.map { MemberID($0) }).subtracting(difference.removed)
    let again = DesiredMembership(
      of: users, links: row.links, recorded: membership.members, leaving: row.leaving)
    #expect(again.difference(from: written, recorded: membership.members, isExact: row.isExact).isEmpty)
  }

  @Test("What is recorded ahead forgets neither who is to come nor who is to go")
  func ahead() {
    let recorded: Set = [Self.member(1, "p1"), Self.member(2, "p2")]
    let membership = DesiredMembership(
      of: [.sample(1), .sample(3)], links: [Self.link(1), Self.link(3)], recorded: recorded)
    #expect(
      membership.membersAhead(of: recorded) == [Self.member(1, "p1"), Self.member(2, "p2"), Self.member(3, "p3")])
    #expect(membership.awaited.isEmpty)
  }
}
