import TestSupport
import Testing
@testable import ProvisioningModel
@testable import Reconciler

@Suite("Who goes into which file")
struct UploadPlanTests {
  private var plan = UploadPlan(fewest: 2)

  private mutating func add(_ number: Int, name: String? = nil, devices: [String] = ["Work Email"]) -> UploadPlan.File?
  {
    let name = name ?? "user\(number)"
    let person = NewPerson(
      targetName: name, firstName: "A", lastName: "B", site: "S", roles: ["R"],
      devices: devices.map { .init(name: $0, address: "a") })
    return plan.add(person, for: .sample(number), names: [name])
  }

  @Test("those with the same devices share a file, and too few of them get none")
  mutating func devices() {
    for number in 1...3 { _ = add(number) }
    for number in 4...5 { _ = add(number, devices: ["Work Email", "Mobile Phone"]) }
    _ = add(6, devices: ["Mobile Phone"])
    let files = plan.takeRest()
    #expect(files.map(\.users) == [[.sample(1), .sample(2), .sample(3)], [.sample(4), .sample(5)]])
    #expect(files.allSatisfy { file in Set(file.people.map { $0.devices.map(\.name) }).count == 1 })
    #expect(plan.takeRest().isEmpty)
  }

  @Test("a name goes into one row, whatever its letters")
  mutating func names() {
    _ = add(1, name: "ada")
    _ = add(2, name: "ADA")
    _ = add(3, name: "bea", devices: ["Mobile Phone"])
    _ = add(4, name: "Bea")
    _ = add(5, name: "cem")
    #expect(plan.takeRest().map(\.users) == [[.sample(1), .sample(5)]])
  }

  @Test("a file is handed out when it has 10,000 rows")
  mutating func full() {
    var files: [UploadPlan.File] = []
    for number in 1...10_003 { if let file = add(number) { files.append(file) } }
    #expect(files.map(\.people.count) == [10_000])
    #expect(plan.takeRest().map(\.people.count) == [3])
  }
}
