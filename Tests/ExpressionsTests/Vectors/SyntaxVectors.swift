import Expressions

extension Vector {
  static let syntax: [Vector] = [
    Vector(1, "[mail]", ["mail": .text("kim@ops.example")], gives: .text("kim@ops.example")),
    Vector(2, #""fixed text""#, gives: .text("fixed text")),
    Vector(3, #"Append("Company name: \"Fabrikam\"", "!")"#, gives: .text(#"Company name: "Fabrikam"!"#)),
    Vector(4, #"Append("C:\\data", "\\x")"#, gives: .text(#"C:\data\x"#)),
    Vector(5, #"Append("\d", "")"#, gives: .text(#"\d"#)),
    Vector(6, "Join (\n   \"-\",\n   [a] ,   [b]\n)", ["a": .text("1"), "b": .text("2")], gives: .text("1-2")),
    Vector(7, #"Append([givenName], "x""#, ["givenName": .text("A")], gives: .error),
    Vector(8, "Append([givenName], x)", ["givenName": .text("A")], gives: .error),
    Vector(9, "Shout([givenName])", ["givenName": .text("A")], gives: .error),
    Vector(10, #"append([givenName], "x")"#, ["givenName": .text("A")], gives: .error),
    Vector(
      175, "ToUpper(Left(StripSpaces([displayName]), 6))", ["displayName": .text("Kim de Vries")],
      gives: .text("KIMDEV")),
    Vector(
      176, #"Coalesce([mobile], Replace([telephoneNumber], " ", , ,"", , ), "n/a")"#,
      ["mobile": .null, "telephoneNumber": .text("+44 20 7946")], gives: .text("+44207946")),
    Vector(
      177, #"IIF(InStr([jobTitle],"Engineer") > 0,"FULL_USER","STAKEHOLDER_USER")"#,
      ["jobTitle": .text("Site Engineer")], gives: .text("FULL_USER")),
  ]
}
