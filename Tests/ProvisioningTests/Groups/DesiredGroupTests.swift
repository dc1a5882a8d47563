import Expressions
import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules
@testable import Reconciler

@Suite("A group as it ought to be in xMatters")
struct DesiredGroupTests {
  private func desired(
    _ attributes: [String: AttributeValue], name: String = "[displayName]", description: String? = nil,
    people: [String] = []
  ) throws -> DesiredGroup {
    let policy = GroupPolicy(
      name: try Expression(parsing: name), description: try description.map { try Expression(parsing: $0) })
    let links = people.enumerated().map { Link(objectID: .sample($0.offset), personID: PersonID($0.element)) }
    let users = Set(links.map(\.objectID))
    return try DesiredGroup(
      DirectoryGroup(id: .sample(500), attributes: attributes, members: users),
      membership: DesiredMembership(of: users, links: links, recorded: []), policy: policy, now: FixedClock.start)
  }

  @Test(
    "The name comes from the mapping",
    arguments: [
      ("[displayName]", "On Call | Berlin"), (#"Join(" - ", "Entra", [mailNickname])"#, "Entra - oncall"),
      ("[objectId]", ObjectID.sample(500).rawValue), (#"Replace([displayName], " | ", , , "/", , )"#, "On Call/Berlin"),
    ])
  func name(mapping: String, expected: String) throws {
    let group = try desired(
      ["displayName": .text("On Call | Berlin"), "mailNickname": .text("oncall")], name: mapping)
    #expect(group.attributes == [.targetName: expected, .status: "ACTIVE"])
  }

  @Test(
    "A group without a name that xMatters takes is refused, with the remedy",
    arguments: [
      ([:], ErrorCode.mandatoryFieldsMissing), (["displayName": .text("")], .mandatoryFieldsMissing),
      (["displayName": .text(" \u{A0}\t")], .mandatoryFieldsMissing),
      (["displayName": .text(String(repeating: "x", count: 101))], .unprocessableEntity),
    ] as [([String: AttributeValue], ErrorCode)])
  func nameless(attributes: [String: AttributeValue], code: ErrorCode) throws {
    let failure = #expect(throws: Failure.self) { try desired(attributes) }
    #expect(failure?.code == code && failure?.remedy == .escrow)
    #expect(failure?.advice.contains("mappings.groups.name") == true)
  }

  @Test("The longest name is taken, and emoji and right-to-left names are")
  func unusualNames() throws {
    for name in [String(repeating: "n", count: 100), "🚒 Feuerwehr", "مناوبة", "a/b+c%d&e"] {
      #expect(try desired(["displayName": .text(name)]).name == name)
    }
  }

  @Test("A mapping that fails is refused")
  func failingMapping() throws {
    let failure = #expect(throws: Failure.self) {
      try desired(["displayName": .text("a")], name: "NumFromDate([displayName])")
    }
    #expect(failure?.code == .missingValues && failure?.remedy == .escrow)
  }

  @Test("A description is written when mapped; what xMatters does not take is left out with a warning")
  func descriptions() throws {
    let name: [String: AttributeValue] = ["displayName": .text("a")]
    #expect(try desired(name, description: "[description]").attributes[.description] == nil)
    let short = try desired(name.merging(["description": .text("b")]) { $1 }, description: "[description]")
    #expect(short.attributes[.description] == "b" && short.warnings.isEmpty)
    let long = try desired(
      name.merging(["description": .text(String(repeating: "d", count: 1025))]) { $1 },
      description: "[description]")
    #expect(long.attributes[.description] == nil && long.warnings.count == 1)
  }

  @Test("The digest tells names, descriptions and people apart, and nothing else")
  func digest() throws {
    let name: [String: AttributeValue] = ["displayName": .text("a")]
    let base = try desired(name, people: ["p1", "p2"]).digest
    #expect(try desired(name, people: ["p2", "p1"]).digest == base)
    #expect(try desired(name.merging(["mail": .text("x")]) { $1 }, people: ["p1", "p2"]).digest == base)
    #expect(try desired(["displayName": .text("b")], people: ["p1", "p2"]).digest != base)
    #expect(try desired(name, people: ["p1"]).digest != base)
    #expect(try desired(name, description: #""text""#, people: ["p1", "p2"]).digest != base)
  }

  @Test("Of many members a log entry lists some")
  func logIsBounded() throws {
    let people = (0..<2500).map { "p\($0)" }
    let group = Group(id: GroupID("g"), externalKey: nil, kind: .broadcast, attributes: [:])
    let changes = GroupChanges.between(
      group, [MemberID("hand")], and: try desired(["displayName": .text("a")], people: people), recorded: [],
      isExact: true)
    #expect(changes.membership.summary == "2500 members added, 1 removed")
    #expect(changes.modifiedProperties(from: group).count == 2 + GroupChanges.listedMembers)
  }

  @Test(
    "Which groups are looked at: what is new, what has ended, and what a process left behind; what fails has its own time"
  )
  func selection() {
    func link(_ number: Int, _ condition: Link.Condition) -> GroupLink {
      GroupLink(objectID: .sample(number), groupID: GroupID("g\(number)"), condition: condition)
    }
    let selection = GroupSelection(
      assigned: [.sample(1): 1, .sample(2): 1, .sample(3): 1, .sample(4): 1, .sample(8): 1],
      links: [
        link(2, .active), link(3, .released), link(4, .active), link(5, .active), link(6, .disabled),
        link(7, .released),
        link(10, .active),
      ],
      lookedAt: [.sample(2): 1, .sample(4): 2, .sample(5): 1, .sample(8): 1, .sample(9): 1],
      failing: [.sample(8), .sample(9), .sample(10)])
    #expect(selection.unsettled.sorted() == [1, 3, 4, 5, 6, 9].map { .sample($0) })
    #expect(selection.everything.sorted() == [1, 2, 3, 4, 5, 6, 8, 10].map { .sample($0) })
  }
}
