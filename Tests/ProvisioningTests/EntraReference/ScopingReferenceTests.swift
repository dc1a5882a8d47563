import Reconciler
import Expressions
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

/// Who is in scope: user 1, in the department Operations, with what is configured and what the directory says of assignments.
private struct ScopeRow: Sendable, CustomTestStringConvertible {
  var row: String
  var kind = ScopeKind.assigned
  var nestedGroups = false
  var includesDefaultAccess = false
  /// Filters (OR) of clauses (AND).
  var filters: [[ScopingClause]] = []
  /// Nil for a user who is provisioned.
  var skip: SkipReason?
  /// What the step says, among other things.
  var says: [String: String] = [:]
  var given: @Sendable (ModelDirectory) -> Void = { _ in }

  var testDescription: String { "\(row) -> \(skip.map { "out of scope: \($0)" } ?? "in scope")" }
}

private func clause(_ attribute: String, _ comparison: ClauseOperator, _ value: String? = nil) -> ScopingClause {
  do {
    return try ScopingClause(attribute, comparison, value)
  } catch {
    preconditionFailure("\(error)")
  }
}

private let assigned: @Sendable (ModelDirectory) -> Void = { $0.assign(.sample(1)) }
private let isOperations = clause("department", .equals, "Operations")
private let isSales = clause("department", .equals, "Sales")
private let hasMail = clause("mail", .isNotNull)

/// docs/reference/entra-provisioning.md, "Scope by assignment".
@Suite("Scoping, row by row")
struct ScopingReferenceTests {
  private static let byAssignment: [ScopeRow] = [
    .init(
      row: "only assigned: assigned",
      says: [
        "Assigned": "True", "IsEffectivelyEntitledForProvisioning": "True", "IsActive": "True", "SyncAll": "False",
      ], given: assigned),
    .init(
      row: "only assigned: not assigned", skip: .notInScope,
      says: ["Assigned": "False", "IsEffectivelyEntitledForProvisioning": "False"]),
    .init(row: "2.1 all users: not assigned", kind: .all, says: ["SyncAll": "True", "Assigned": "False"]),
    .init(row: "2.1 all users: disabled", kind: .all, skip: .notActiveInSource, says: ["IsActive": "False"]) {
      $0.change(.sample(1)) { $0.accountEnabled = false }
    },
    .init(row: "2.1 an assigned group: its direct member") {
      $0.setMembers(of: .sample(500), [.sample(1)])
      $0.assign(.sample(500), .group)
    },
    .init(row: "2.1 an assigned group: a nested member", skip: .notInScope, given: nested),
    .init(row: "2.1 an assigned group: a nested member, with nestedGroups", nestedGroups: true, given: nested),
    .init(row: "2.1 the inner group assigned as well: its direct member") {
      nested($0)
      $0.assign(.sample(501), .group)
    },
    .init(
      row: "Default Access: left out unless configured", skip: .notEffectivelyEntitled,
      says: ["Assigned": "True", "IsEffectivelyEntitledForProvisioning": "False"], given: defaultAccess),
    .init(
      row: "Default Access: like any other role when configured", includesDefaultAccess: true,
      says: ["IsEffectivelyEntitledForProvisioning": "True"], given: defaultAccess),
    .init(row: "2.1 Default Access beside a role of the application") {
      defaultAccess($0)
      assigned($0)
    },
  ]

  private static let nested: @Sendable (ModelDirectory) -> Void = {
    $0.setMembers(of: .sample(500), [.sample(501)])
    $0.setMembers(of: .sample(501), [.sample(1)])
    $0.assign(.sample(500), .group)
  }
  private static let defaultAccess: @Sendable (ModelDirectory) -> Void = {
    $0.assign(.sample(1), role: AppRole.defaultAccess)
  }

  private static let byFilters: [ScopeRow] = [
    .init(row: "2.2 no filter by default", given: assigned),
    .init(row: "2.2 clauses are joined by AND: both hold", filters: [[isOperations, hasMail]], given: assigned),
    .init(
      row: "clauses are joined by AND: one does not", filters: [[isSales, hasMail]], skip: .notInScope,
      given: assigned),
    .init(
      row: "filters are joined by OR: one lets through", filters: [[isSales], [isOperations]], given: assigned),
    .init(
      row: "filters are joined by OR: none lets through", filters: [[isSales], [isOperations, isSales]],
      skip: .notInScope, given: assigned),
    .init(row: "2.2 on top of assignment: the filter alone", filters: [[isOperations]], skip: .notInScope),
    .init(row: "2.2 on top of assignment: both", filters: [[isOperations]], given: assigned),
    .init(row: "2.2 instead of assignment: the filter lets through", kind: .all, filters: [[isOperations]]),
    .init(row: "2.2 instead of assignment: it does not", kind: .all, filters: [[isSales]], skip: .notInScope),
    .init(
      row: "each object by itself: a manager in scope brings no other user", filters: [[isSales]], skip: .notInScope
    ) {
      assigned($0)
      $0.put(.sample(2, changing: ["department": .text("Sales")]))
      $0.assign(.sample(2))
      $0.change(.sample(1)) { $0.manager = .sample(2) }
    },
    .init(
      row: "a clause as on demand shows it: title, attribute, operator, value, result",
      filters: [[isSales], [isOperations]],
      says: [
        "ScopeEvaluationResult":
          "filter 1: department EQUALS Sales: False; filter 2: department EQUALS Operations: True",
        "PassedFilter": "filter 2", "IsInProvisioningScope": "True",
      ], given: assigned),
  ]

  @Test(
    "Given a setting and the assignments, the user is in scope or not, and the step says why", arguments: byAssignment)
  private func assignment(_ row: ScopeRow) async throws {
    try await check(row)
  }

  @Test("Given filters, the user is in scope or not, and the step says why", arguments: byFilters)
  private func filters(_ row: ScopeRow) async throws {
    try await check(row)
  }

  private func check(_ row: ScopeRow) async throws {
    let filters = row.filters.enumerated().map { ScopingFilter(name: "filter \($0 + 1)", clauses: $1) }
    let world = World(
      filters: ScopingFilters(filters), scopeKind: row.kind, nestedGroups: row.nestedGroups,
      includesDefaultAccess: row.includesDefaultAccess)
    world.directory.put(.sample(1, changing: ["department": .text("Operations")]))
    row.given(world.directory)
    let report = try await world.run(1)
    #expect(report.skip == row.skip && report.failure == nil)
    #expect((world.person(of: .sample(1)) != nil) == (row.skip == nil))
    let step = try #require(report.steps.first { $0.kind == .scoping })
    #expect(step.status == (row.skip == nil ? .success : .skipped))
    #expect(step.details.filter { row.says.keys.contains($0.key) } == row.says)
  }

  @Test("2.1 the group object itself -> only when groups are provisioned", arguments: [true, false])
  func groupObject(_ isEnabled: Bool) async throws {
    var rig = JobRig()
    rig.policy.groups = isEnabled ? .sample() : nil
    rig.directory.put(.sample(1))
    rig.directory.describe(group: .sample(500), ["displayName": .text("On call")])
    rig.directory.setMembers(of: .sample(500), [.sample(1)])
    rig.directory.assign(.sample(500), .group)
    try await rig.runCycle()
    #expect(rig.target.people.count == 1 && rig.target.groups.count == (isEnabled ? 1 : 0))
  }

  @Test("2.1 an assignment that shows minutes later -> honoured as soon as it shows")
  func replication() async throws {
    let world = World()
    world.directory.put(.sample(1))
    #expect(try await world.run(1).skip == .notInScope)
    world.directory.assign(.sample(1))
    #expect(try await world.run(1).entry?.action == .create)
  }

  @Test("2.2 saving a filter -> a full cycle, in which those who fall out are disabled, or left when configured")
  func newFilter() async throws {
    for action in [LeaveAction.disable, .none] {
      var rig = JobRig()
      rig.policy.deprovisioning.onUnassign = action
      rig.hire(.sample(1, changing: ["department": .text("Operations")]))
      rig.hire(.sample(2, changing: ["department": .text("Sales")]))
      try await rig.runCycle()
      rig.policy.filters = try .operations()
      rig.policy.fingerprint = 2
      try await rig.runCycle(full: false)
      let active = rig.target.people.values.filter { $0.attributes[.status] == PersonStatus.active }
      #expect(active.count == (action == .none ? 2 : 1))
    }
  }
}

/// One clause, one value, and whether the clause holds.
private struct ClauseRow: Sendable, CustomTestStringConvertible {
  var row: String
  var comparison: ClauseOperator
  var given: String?
  var value: Value
  var holds: Bool

  init(_ row: String, _ comparison: ClauseOperator, _ given: String?, _ value: Value, _ holds: Bool) {
    self.row = row
    self.comparison = comparison
    self.given = given
    self.value = value
    self.holds = holds
  }

  var testDescription: String { "2.2 \(comparison.rawValue) \(given ?? ""): \(row), \(value) -> \(holds)" }
}

/// docs/reference/entra-provisioning.md, "Scoping filters".
@Suite("The operators, row by row")
struct OperatorReferenceTests {
  private static let table: [ClauseRow] = [
    .init("exactly the given one", .equals, "Operations", .text("Operations"), true),
    .init("case-sensitive", .equals, "Operations", .text("operations"), false),
    .init("exactly, to the last blank", .equals, "Operations", .text("Operations "), false),
    .init("exactly, to the last code point", .equals, "Café", .text("Cafe\u{301}"), false),
    .init("Integer", .equals, "7", .number(Number(7)), true),
    .init("Integer", .equals, "7", .number(Number(8)), false),
    .init("no Boolean", .equals, "True", .boolean(true), false),
    .init("not multi-valued", .equals, "a", .texts(["a"]), false),

    .init("not the given one", .notEquals, "Operations", .text("Sales"), true),
    .init("case-sensitive", .notEquals, "Operations", .text("operations"), true),
    .init("the given one", .notEquals, "Operations", .text("Operations"), false),
    .init("Integer", .notEquals, "7", .number(Number(8)), true),
    .init("not multi-valued", .notEquals, "a", .texts(["b"]), false),

    .init("Boolean", .isTrue, nil, .boolean(true), true),
    .init("Boolean", .isTrue, nil, .boolean(false), false),
    .init("Boolean only", .isTrue, nil, .text("True"), false),
    .init("Boolean", .isFalse, nil, .boolean(false), true),
    .init("Boolean", .isFalse, nil, .boolean(true), false),
    .init("Boolean only", .isFalse, nil, .text("False"), false),

    .init("empty", .isNull, nil, .null, true),
    .init("String", .isNull, nil, .text("x"), false),
    .init("Integer", .isNull, nil, .number(Number(0)), false),
    .init("Boolean", .isNull, nil, .boolean(false), false),
    .init("empty", .isNotNull, nil, .null, false),
    .init("String", .isNotNull, nil, .text("x"), true),
    .init("Integer", .isNotNull, nil, .number(Number(0)), true),
    .init("Boolean", .isNotNull, nil, .boolean(false), true),

    .init("the page's first example", .regexMatch, #".*\@domain.com"#, .text("ada@domain.com"), true),
    .init("unanchored", .regexMatch, #".*\@domain.com"#, .text("ada@domain.com.evil"), true),
    .init("with anchors", .regexMatch, #"^.*\@domain\.com$"#, .text("ada@domain.com.evil"), false),
    .init("the page's second example", .regexMatch, "(1[0-9]{6})", .text("1234567"), true),
    .init("10 to 99, Integer", .regexMatch, "^[1-9][0-9]$", .number(Number(42)), true),
    .init("10 to 99, Integer", .regexMatch, "^[1-9][0-9]$", .number(Number(7)), false),
    .init("case-sensitive", .regexMatch, "ops", .text("OPS"), false),
    .init("the pattern says otherwise", .regexMatch, "(?i)ops", .text("OPS"), true),
    .init("no Boolean", .regexMatch, "True", .boolean(true), false),
    .init("does not match", .notRegexMatch, "ops", .text("sales"), true),
    .init("matches", .notRegexMatch, "ops", .text("devops"), false),
    .init("not multi-valued", .notRegexMatch, "ops", .texts(["sales"]), false),

    .init("above, not by the alphabet", .greaterThan, "9", .text("10"), true),
    .init("above, Integer", .greaterThan, "9", .number(Number(10)), true),
    .init("equal", .greaterThan, "10", .text("10"), false),
    .init("integers 0, 1, 2 only", .greaterThan, "9", .text("-10"), false),
    .init("integers 0, 1, 2 only", .greaterThan, "9", .text("+10"), false),
    .init("integers 0, 1, 2 only", .greaterThan, "9", .text("10.5"), false),
    .init("integers 0, 1, 2 only", .greaterThan, "9", .text("ten"), false),
    .init("beyond all integers", .greaterThan, "9", .text("99999999999999999999999"), false),
    .init("equal", .greaterThanOrEquals, "10", .text("10"), true),
    .init("equal, with a zero before", .greaterThanOrEquals, "10", .text("010"), true),
    .init("below", .greaterThanOrEquals, "10", .number(Number(9)), false),

    .init("contained", .includes, "Oper", .text("IT Operations"), true),
    .init("case-sensitive", .includes, "oper", .text("IT Operations"), false),
    .init("String only", .includes, "1", .number(Number(1)), false),
    .init("ends with it", .endsWith, "@example.org", .text("ada@example.org"), true),
    .init("case-sensitive", .endsWith, "@Example.org", .text("ada@example.org"), false),
    .init("shorter than it", .endsWith, "@example.org", .text("e@x"), false),

    .init("found in the given text", .isFoundIn, "DE,FR,IT", .text("FR"), true),
    .init("not found", .isFoundIn, "DE,FR,IT", .text("GB"), false),
    .init("the opposite", .isNotFoundIn, "DE,FR,IT", .text("GB"), true),
    .init("the opposite", .isNotFoundIn, "DE,FR,IT", .text("FR"), false),
  ]

  @Test("Given a value, the clause holds or not", arguments: table)
  private func holds(_ row: ClauseRow) throws {
    #expect(try ScopingClause("attribute", row.comparison, row.given).holds(for: row.value) == row.holds)
  }

  @Test("Every operator is in the table, once true and once false", arguments: ClauseOperator.allCases)
  func complete(_ comparison: ClauseOperator) {
    let rows = Self.table.filter { $0.comparison == comparison }
    #expect(Set(rows.map(\.holds)) == [true, false])
  }

  @Test("2.2 a null or empty value -> every clause is false, but IS NULL", arguments: ClauseOperator.allCases)
  func null(_ comparison: ClauseOperator) throws {
    for value in [Value.null, .text(""), .texts([]), .roles([])] {
      let clause = try ScopingClause("attribute", comparison, comparison.takesValue ? "1" : nil)
      #expect(try clause.holds(for: value) == (comparison == .isNull), "\(value)")
    }
  }

  @Test("2.2 not supported: IsMemberOf -> no operator")
  func isMemberOf() {
    #expect(ClauseOperator(spelled: "IsMemberOf") == nil)
  }
}
