import TestSupport
import Testing
@testable import ProvisioningModel
@testable import Reconciler

@Suite("A listing of people, packed")
struct PackedPeopleTests {
  private func person(_ number: Int) -> Person {
    Person(
      id: PersonID("person-\(number)"), externalKey: number % 3 == 0 ? nil : "entra:\(number)",
      attributes: [.targetName: .text("Name\(number)@example.org"), .webLogin: .text("LOGIN\(number)")], devices: [])
  }

  @Test("Given a person with everything that xMatters tells, it comes back as it was")
  func wholePerson() {
    var person = person(1)
    for (number, attribute) in TargetAttribute.scalars.enumerated() {
      person.attributes[attribute] = .text("\(number)ß🙂")
    }
    person.attributes[.roles] = .list(["Standard User", ""])
    person.attributes[.supervisors] = .list([])
    person.attributes[.property("Cost Center")] = .text(String(repeating: "long ", count: 1000))
    person.attributes[.property("Floor")] = .number(-12.5)
    person.attributes[.property("On site")] = .boolean(true)
    person.attributes[.property("Remote")] = .boolean(false)
    person.attributes[.property("Nothing")] = .null
    person.devices = [
      Device(id: "d1", name: "Work Email", kind: .email, address: "a@example.org", sequence: 2, delay: 0),
      Device(id: "d2", name: "Pager", kind: .other, address: ""),
    ]
    var people = PackedPeople()
    people.add(person)
    #expect(people.take(person.id) == .found(person))
  }

  @Test("Each is found by id, target name or web login, whatever the letter case, and handed out once")
  func once() {
    var people = PackedPeople()
    for number in 0..<300 { people.add(person(number)) }
    for number in 0..<300 {
      let person = person(number)
      let answer =
        switch number % 3 {
        case 0: people.take(person.id)
        case 1: people.take(where: .targetName, equals: "NAME\(number)@example.org")
        default: people.take(where: .webLogin, equals: "login\(number)")
        }
      #expect(answer == .found(person))
      #expect(people.take(person.id) == .taken)
      #expect(people.take(where: .targetName, equals: "name\(number)@example.org") == .taken)
      #expect(people.contains(person.id))
    }
    #expect(people.take(PersonID("person-300")) == .absent && !people.contains(PersonID("person-300")))
    #expect(people.take(where: .targetName, equals: "login1") == .absent, "a name is one of its own kind")
  }
}
