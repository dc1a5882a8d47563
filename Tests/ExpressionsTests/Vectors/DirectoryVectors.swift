import Expressions

extension Vector {
  static let directory: [Vector] = [
    Vector(15, "BitAnd(&HF, &HF7)", gives: .text("7")),
    Vector(16, "BitAnd(12, 10)", gives: .text("8")),
    Vector(17, #"BitAnd([flags], "2")"#, ["flags": .text("514")], gives: .text("2")),
    Vector(18, "BitAnd(5, 2)", gives: .text("0")),
    Vector(39, "Count([otherMails])", ["otherMails": .texts(["a", "b", "c"])], gives: .text("3")),
    Vector(40, "Count([otherMails])", ["otherMails": .null], gives: .text("0")),
    Vector(41, "Count([jobTitle])", ["jobTitle": .text("Lead")], gives: .text("1")),
    Vector(
      64, #"Join("@", [mailNickname], DefaultDomain())"#, ["mailNickname": .text("kim")], defaultDomain: "ops.example",
      gives: .text("kim@ops.example")),
    Vector(65, "DefaultDomain()", gives: .error),
    Vector(97, "Item([otherMails], 2)", ["otherMails": .texts(["a@x", "b@x"])], gives: .text("b@x")),
    Vector(98, "Item([otherMails], 3)", ["otherMails": .texts(["a@x", "b@x"])], gives: .error),
    Vector(
      134, "RemoveDuplicates([proxyAddresses])", ["proxyAddresses": .texts(["a", "b", "a", "c", "b"])],
      gives: .texts(["a", "b", "c"])),
    Vector(
      147, #"SelectUniqueValue([mailNickname], Append([mailNickname], "2"), Append([mailNickname], "3"))"#,
      ["mailNickname": .text("kim")], taken: ["kim"], gives: .text("kim2")),
    Vector(
      148, #"SelectUniqueValue([mailNickname], Append([mailNickname], "2"))"#, ["mailNickname": .text("kim")],
      taken: ["kim", "kim2"], gives: .error),
    Vector(149, #"ToLower(SelectUniqueValue("a","b"))"#, gives: .error),
    Vector(
      150, "SingleAppRoleAssignment([appRoleAssignments])",
      ["appRoleAssignments": .roles([.init(id: "r1", value: "25", displayName: "Responder")])],
      gives: .text("Responder")),
  ]
}
