"""Bodies, meetings and votes, and the national bodies: chapters 5.2 and 7."""

from backend.rulebook.rule import later

RULES = (
    later(
        "H7-g",
        "392–402, 956–966",
        "R",
        "The level of every body is data (strategic, ecosystem, tactical, operative; national, customer's, "
        "supplier's, project's): the source counts four, three and two levels.",
    ),
    later(
        "H7-a",
        "392–394",
        "E",
        "Each party names its representatives; who holds which seat from when to when is known, and one seat too "
        "many is refused (ours).",
    ),
    later(
        "H7-d",
        "406–410, 667–669, 675–677",
        "RE",
        "A representative votes with sufficient authority of his organisation: a seat carries the mandate "
        "(document, dates, limits), and a vote cast without one in force is refused or marked (ours: marked).",
    ),
    later(
        "H7-e",
        "406–410, 673–677, 972",
        "S",
        "Parties prepare for meetings and bring their organisation's view: before a meeting each organisation can "
        "record its stand on each motion, and who has not is shown to itself and to the secretary.",
    ),
    later(
        "H7-c",
        "412–414",
        "E",
        "In the national bodies too each party bears its own cost, unless separately agreed for some part.",
    ),
    later(
        "H11.2-a",
        "974–976",
        "E",
        "Each party bears the cost of its own contact persons and of its work in the bodies, unless separately "
        "agreed for a named part: meeting, preparing, minutes and material are not billable without a reference to "
        "such an agreement.",
    ),
    later(
        "H7-f",
        "404, 523, 771–777, 844, 970",
        "R",
        "Project organisations, sub-groups, small groups and customer groups are set up as needed: each has a "
        "purpose, members, the body or person it reports to, an end; small groups of the solution manager bring "
        "their proposals to the development group.",
    ),
    later(
        "D7-b",
        "",
        "R",
        "A decision records the motion, how it was decided (unanimous, vote), each organisation's votes, the "
        "result, who was present, conflicts of interest, deputies. Majority = more than half of the votes cast; an "
        "organisation's votes are cast together; quorum is shown, never refused, until the body adopts one; a tie "
        "is carried by the chair only where the body's rules say so (7.1).",
    ),
    later(
        "H5.2-a",
        "277–289",
        "E",
        "A change of the solution that concerns customers, shared or core, is made for all customers or for none; "
        "the development group decides, unanimously if it can, else by majority of the customers' votes as "
        "separately decided (dated data). General development of the platform is outside this.",
    ),
    later(
        "H7.1-a",
        "439–447, 453–457",
        "R",
        "The strategic group draws the strategic lines, puts development needs in order, sets the strategic goals "
        "and follows them; what it has put first the operative management makes into projects and products that "
        "customers can order.",
    ),
    later(
        "H7.1-b",
        "449–451",
        "R",
        "The strategic group seeks unanimity, else a majority decides; at a tie the chair's vote decides (the only "
        "body for which the source says so).",
    ),
    later(
        "H7.1-c",
        "429–431",
        "R",
        "Before a large development project starts Tiera's board hears the steering groups concerned; the board "
        "decides in the end: a project marked large has the hearings and the board's decision on record before it "
        "is ordered.",
    ),
    later(
        "H7.1-d",
        "427–429",
        "R",
        "The board takes the groups' recommendations into account within the Companies Act: each recommendation "
        "shows what the board did with it.",
    ),
    later(
        "H7.1-e",
        "433–435",
        "R",
        "Tiera prepares and arranges the groups' work by an agreed year clock.",
    ),
    later(
        "H7.2-b",
        "509–521",
        "R",
        "Seats in the ecosystem group: IP owners 5 together; an organisation that represents under 150 000 "
        "inhabitants 1, over 2; a supplier 2; Tiera 2; another partner 1. No votes: it discusses and recommends.",
    ),
    later(
        "H7.2-a",
        "481–483",
        "T",
        "Tiera convenes the ecosystem group and writes its agenda together with the participants: participants can "
        "propose items, and the agenda shows what came of each.",
    ),
    later(
        "H7.2-c",
        "497",
        "R",
        "The supplier brings its presentations and reports at the latest 7 business days before the meeting.",
    ),
    later(
        "H7.2-d",
        "499–503",
        "R",
        "A customer's representative, chosen in the meeting, chairs the ecosystem group; Tiera's keeps minutes; "
        "minutes approved by the chair reach the participants within a week.",
    ),
    later(
        "H7.2-e",
        "477–479",
        "R",
        "Suppliers bring development ideas from standards and best practice: a register of ideas by supplier with "
        "what became of each.",
    ),
    later(
        "H7.2-f",
        "486–494",
        "R",
        "Standing items: experiences of cooperation, development ideas, volumes of services, quality measures; "
        "volumes and measures write themselves.",
    ),
    later(
        "H7.2-g",
        "523",
        "R",
        "The ecosystem group may have sub-groups as agreed.",
    ),
    later(
        "H7.3-c",
        "580–586",
        "R",
        "Seats in the national steering group: IP owners 1 each; organisations under 150 000 inhabitants 7 "
        "together, agreed among themselves for 1 year at a time; organisations over 150 000 1 each.",
    ),
    later(
        "H7.3-d",
        "588–592",
        "R",
        "Votes in the national steering group: IP owners 2 an organisation, other organisations 1 (ours: how a "
        "motion passes is not said; as H5.2-a).",
    ),
    later(
        "H7.3-a",
        "547–551",
        "T",
        "In its first meeting of a calendar year the national steering group decides its chair, the length of the "
        "chair's term and the principles of choosing: the meeting's agenda has the item by itself, and a chair "
        "whose term has ended is shown.",
    ),
    later(
        "H7.3-b",
        "295–297, 554–566",
        "R",
        "The national steering group decides development goals and their order, the money for development, "
        "follow-up, escalated matters, the state of the service with its measures, sanctions and corrections, and "
        "whatever else is brought to it.",
    ),
    later(
        "H7.3-e",
        "543–545",
        "E",
        "The national steering group works until the end of the solution's life, unless its own unanimous decision "
        "ends it earlier: a majority is not enough for that motion.",
    ),
    later(
        "H7.3-f",
        "533–541",
        "R",
        "The national steering group sets the solution's goals following the strategic group's lines and the "
        "ecosystem group's recommendations, and follows them by reports: a goal names the line or recommendation it "
        "follows.",
    ),
    later(
        "H7.3-g",
        "295–297",
        "R",
        "The national steering group may decide larger packages or projects of development beside the continuous flow.",
    ),
    later(
        "H7.3-h",
        "568–572",
        "R",
        "The national steering group watches that the solution is reliable and whole and is produced as the service "
        "contract requires.",
    ),
    later(
        "H7.3-i",
        "529–531, 547",
        "R",
        "A customer chairs the national steering group, Tiera is secretary; 4 meetings a year as a rule, and more "
        "as needed.",
    ),
    later(
        "H7.4-d",
        "643–647",
        "R",
        "Seats in the development group: IP owners 2 each, other municipalities 1 each.",
    ),
    later(
        "H7.4-e",
        "649–653, 283–285",
        "R",
        "Votes in the development group: IP owners 2 an organisation, others 1; an organisation's votes are cast "
        "together (ours); Tiera has none (5.2 gives the power to the municipalities' votes).",
    ),
    later(
        "H7.4-b",
        "631–633",
        "R",
        "What the parties do not agree on the development group escalates to the national steering group.",
    ),
    later(
        "H7.4-c",
        "635–637",
        "T",
        "Each quarter three leads for security and risk report to the development group: the customers', Tiera's, "
        "the supplier's.",
    ),
    later(
        "H7.4-f",
        "621",
        "T",
        "The development group approves a plan of measures with its timetable every year; a calendar year without "
        "an approved plan is shown.",
    ),
    later(
        "H7.4-g",
        "629",
        "R",
        "The development group handles forecasts of the solution's volumes: use against forecast is shown.",
    ),
    later(
        "H7.4-h",
        "623–625",
        "R",
        "The development group answers for the solution's security and risk management: a risk register it owns.",
    ),
    later(
        "H7.4-i",
        "598–600",
        "R",
        "The development group may add people for a matter at hand: they speak, they do not vote (ours).",
    ),
    later(
        "H7.4-j",
        "608–610",
        "R",
        "The development group handles matters that come from municipalities, Tiera, suppliers and other "
        "stakeholders: each proposal has a source and an answer.",
    ),
    later(
        "H7.4-k",
        "639",
        "R",
        "From the quarterly security reports the development group agrees development plans; each becomes an item "
        "of the change portfolio with a link to its report.",
    ),
    later(
        "H7.4-l",
        "602–606",
        "R",
        "The development group meets monthly as a rule or as agreed; chair chosen in the year's first meeting from "
        "the municipalities; Tiera is secretary.",
    ),
    later(
        "H7.4-m",
        "657–669",
        "R",
        "A member of the development group represents his organisation's will, knows the substance and the "
        "technology well enough and has authority to vote: the four points are confirmed at naming.",
    ),
)
