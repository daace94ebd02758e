META
key;value
description;"Invented participatory budget of Riverside, a town that does not exist; no ballot here was cast by anyone"
country;Riverland
unit;Riverside
instance;2026
num_projects;14
num_votes;223
budget;100000.00
vote_type;approval
rule;greedy
date_begin;01.06.2026
date_end;21.06.2026
min_length;1
max_length;5
language;en
edition;1
currency;EUR
experimental;1
comment;"#1: Artificial data: ballots were drawn from a model of interests by neighbourhood and age. #2: Projects are taken by votes, then by lower cost; one that no longer fits is skipped."
PROJECTS
project_id;cost;category;votes;name;selected
R11;38000.00;sport;96;Playground and climbing frame at Mill Lane;1
R01;28500.00;urban greenery;93;Shade trees and benches along the river walk;1
R08;22000.00;public transit and roads;86;Raised crossing and lights at the Ferry Road school;1
R04;60000.00;culture;85;New roof for the boathouse theatre;0
R05;7600.00;culture;83;"Open-air ""Film on the Water"" evenings, six Fridays";1
R02;9800.00;urban greenery;63;Water fountains at the quay, the mill and the ferry landing;0
R10;54900.00;public transit and roads;49;Cycle ramp onto the railway bridge;0
R12;11900.00;sport;46;Outdoor gym under the viaduct;0
R03;12450.50;urban greenery;45;Rain gardens against flooding on Mill Hill;0
R09;16400.00;public transit and roads;42;"Covered bicycle racks at the station; two repair posts";0
R13;2600.00;sport;33;Chess and table tennis tables on the market square;1
R06;800.00;culture;30;Puppet days at the Northbank library;1
R07;5400.00;culture;5;Story walk: the river in twelve panels;0
R14;47500.00;sport;3;Floating pontoon for model boats;0
VOTES
voter_id;age;voting_method;neighborhood;vote
V001;45;internet;Northbank;R01,R05,R12
V002;44;internet;Old Quay;R02,R09
V003;60;paper;Old Quay;R01,R05,R10
V004;32;internet;Old Quay;R01,R04,R05,R09,R11
V005;67;paper;Mill Hill;R02,R05
V006;53;internet;Mill Hill;R01,R05,R08,R10
V007;57;internet;Mill Hill;R03,R04,R05
V008;31;internet;Northbank;R05
V009;67;paper;Ferry Road;R01,R11,R12
V010;16;internet;Northbank;R04,R10,R13
V011;39;internet;Old Quay;R04,R13
V012;52;internet;Mill Hill;R03,R08,R10,R11
V013;25;internet;Mill Hill;R01,R03,R08,R13
V014;48;internet;Mill Hill;R02,R08,R09,R11,R13
V015;50;internet;Old Quay;R03,R08,R09,R12,R13
V016;31;internet;Mill Hill;R04,R08,R09,R11,R12
V017;56;internet;Northbank;R01,R09
V018;35;internet;Mill Hill;R01,R03,R11
V019;43;internet;Old Quay;R04,R11,R13
V020;83;paper;Mill Hill;R02,R03,R04
V021;16;paper;Ferry Road;R05,R11,R12
V022;31;internet;Ferry Road;R01,R04,R05
V023;40;internet;Mill Hill;R01,R02,R03,R10,R11
V024;73;internet;Mill Hill;R02,R03,R11
V025;18;internet;Ferry Road;R04,R05,R08,R12
V026;41;internet;Old Quay;R12,R13
V027;57;internet;Mill Hill;R04,R05,R06,R09,R11
V028;33;internet;Ferry Road;R08,R10,R11
V029;18;internet;Mill Hill;R04,R11
V030;42;internet;Old Quay;R04,R05,R08,R09,R10
V031;52;internet;Northbank;R06,R08,R10
V032;41;internet;Northbank;R10,R12
V033;37;internet;Northbank;R01,R08,R10,R11
V034;91;internet;Old Quay;R02,R05
V035;48;internet;Ferry Road;R08,R12
V036;40;internet;Mill Hill;R09,R11
V037;20;internet;Mill Hill;R02,R04,R06
V038;59;internet;Ferry Road;R01,R04,R05,R11,R14
V039;54;internet;Mill Hill;R08,R11,R13
V040;47;internet;Old Quay;R05,R09,R11,R12,R13
V041;91;paper;Mill Hill;R08,R11,R12
V042;67;internet;Ferry Road;R01,R06,R12
V043;34;internet;Old Quay;R02,R08,R11,R13
V044;62;paper;Ferry Road;R01,R04,R05,R08,R10
V045;35;internet;Mill Hill;R01,R11
V046;55;internet;Old Quay;R04
V047;65;paper;Old Quay;R01,R02,R03,R09
V048;40;internet;Old Quay;R04,R11,R12,R13
V049;54;internet;Ferry Road;R05,R08,R12
V050;76;paper;Old Quay;R02,R04,R06,R08
V051;16;internet;Old Quay;R03,R12
V052;65;internet;Mill Hill;R01,R02,R03,R10,R11
V053;56;internet;Old Quay;R01,R02,R04,R08,R10
V054;55;internet;Ferry Road;R02,R05,R08
V055;18;internet;Northbank;R12
V056;64;paper;Old Quay;R01,R02,R04,R05,R09
V057;62;paper;Ferry Road;R01
V058;50;internet;Mill Hill;R01,R04,R05
V059;49;internet;Northbank;R04,R05,R06,R10
V060;60;internet;Old Quay;R03,R04
V061;29;internet;Ferry Road;R08,R09
V062;59;internet;Old Quay;R01,R02,R04,R05
V063;22;internet;Old Quay;R02,R04,R11
V064;73;paper;Northbank;R05,R06,R10
V065;36;internet;Old Quay;R01,R04,R05
V066;49;internet;Ferry Road;R04,R05,R06,R08,R12
V067;47;paper;Northbank;R02,R11,R12
V068;28;internet;Old Quay;R02
V069;64;paper;Ferry Road;R04,R09,R11,R12
V070;40;internet;Mill Hill;R08,R11
V071;44;internet;Northbank;R04,R06
V072;40;paper;Northbank;R02,R10
V073;39;internet;Old Quay;R01,R02
V074;49;internet;Northbank;R01,R02
V075;54;internet;Northbank;R04,R05,R06,R10,R11
V076;39;internet;Northbank;R02,R05,R10
V077;63;paper;Northbank;R04,R08
V078;47;internet;Mill Hill;R02,R06,R08,R09,R11
V079;32;internet;Ferry Road;R01,R04,R09
V080;44;internet;Old Quay;R01,R10,R11,R13
V081;44;internet;Ferry Road;R08,R10
V082;40;internet;Mill Hill;R03
V083;51;internet;Ferry Road;R01,R04,R09,R10,R12
V084;74;internet;Old Quay;R01,R10
V085;44;internet;Ferry Road;R08,R11,R12
V086;50;internet;Ferry Road;R08,R10,R11
V087;21;internet;Ferry Road;R04,R05,R08
V088;56;internet;Northbank;R08,R10
V089;67;internet;Northbank;R01,R09,R10
V090;33;internet;Old Quay;R02,R04,R05,R06,R10
V091;47;paper;Mill Hill;R01,R05,R08,R09,R11
V092;45;internet;Mill Hill;R04,R05,R08,R11
V093;41;internet;Ferry Road;R05,R06,R08
V094;27;internet;Old Quay;R05,R08,R09,R11,R13
V095;32;internet;Northbank;R11
V096;59;internet;Mill Hill;R01,R03,R11
V097;34;internet;Northbank;R01,R05,R11,R12,R13
V098;21;internet;Old Quay;R01,R02,R05,R08
V099;16;internet;Mill Hill;R03,R11
V100;64;paper;Northbank;R04,R05,R06
V101;47;paper;Mill Hill;R02,R03,R07
V102;70;paper;Ferry Road;R01,R02,R05,R09,R11
V103;50;internet;Mill Hill;R03,R04,R11
V104;55;internet;Mill Hill;R01,R03,R08,R09,R11
V105;44;internet;Northbank;R01,R02,R08,R11,R12
V106;31;internet;Old Quay;R02,R03,R04,R08
V107;51;internet;Mill Hill;R04,R11
V108;60;internet;Mill Hill;R11,R13
V109;66;paper;Mill Hill;R01,R02,R03,R05,R06
V110;48;internet;Northbank;R01,R03,R04,R12
V111;58;internet;Mill Hill;R03,R11
V112;66;paper;Northbank;R08,R10
V113;35;internet;Mill Hill;R01,R04
V114;52;internet;Ferry Road;R05,R12
V115;56;internet;Mill Hill;R02
V116;60;internet;Old Quay;R04,R05,R13
V117;45;internet;Northbank;R01,R02,R09,R10,R11
V118;39;internet;Old Quay;R01,R02,R03,R08,R09
V119;50;internet;Old Quay;R04,R05,R06,R08,R11
V120;64;paper;Old Quay;R01,R03,R04,R05,R06
V121;45;internet;Mill Hill;R01,R04,R08,R09
V122;63;paper;Mill Hill;R02,R03,R05
V123;16;internet;Old Quay;R04,R05,R08
V124;50;internet;Old Quay;R01,R05,R08,R09,R10
V125;41;internet;Mill Hill;R04,R05,R08,R11,R12
V126;45;internet;Mill Hill;R01,R03,R05,R10,R11
V127;41;paper;Ferry Road;R08,R11
V128;27;internet;Northbank;R01
V129;50;internet;Old Quay;R04
V130;53;internet;Mill Hill;R02,R04,R05,R11
V131;47;paper;Mill Hill;R01,R02,R04,R05,R13
V132;41;internet;Ferry Road;R02,R03,R08,R11,R12
V133;35;internet;Old Quay;R01,R05,R11
V134;16;internet;Mill Hill;R01,R04,R08,R11,R12
V135;45;internet;Mill Hill;R01,R02,R03,R05,R08
V136;42;internet;Old Quay;R11,R12
V137;48;internet;Ferry Road;R01,R05,R08,R11,R13
V138;41;internet;Ferry Road;R02,R08,R11,R12,R13
V139;49;internet;Northbank;R04,R05,R08
V140;83;internet;Mill Hill;R01,R03,R05,R06,R11
V141;66;paper;Ferry Road;R04,R08
V142;46;internet;Ferry Road;R03,R04,R08,R12
V143;40;internet;Old Quay;R01,R02,R11
V144;44;internet;Northbank;R06,R10,R12
V145;90;internet;Ferry Road;R01,R02,R08,R12,R13
V146;38;internet;Northbank;R07,R10,R11
V147;34;internet;Ferry Road;R08,R09
V148;91;internet;Mill Hill;R01,R03,R04,R08,R11
V149;31;internet;Mill Hill;R01,R06
V150;65;internet;Old Quay;R01,R02,R04
V151;63;paper;Mill Hill;R03,R08
V152;55;internet;Mill Hill;R01,R03,R04,R11,R13
V153;53;internet;Ferry Road;R05,R08
V154;35;internet;Old Quay;R04,R11,R13
V155;60;paper;Old Quay;R04,R10
V156;43;internet;Northbank;R02,R05,R06
V157;33;internet;Northbank;R01,R12
V158;35;paper;Mill Hill;R03,R05,R08,R10,R11
V159;69;paper;Northbank;R01,R05,R06,R10
V160;60;internet;Ferry Road;R01,R05,R08,R11
V161;42;internet;Old Quay;R01,R02,R05,R13,R14
V162;16;internet;Mill Hill;R02
V163;63;paper;Old Quay;R02,R05,R08,R09,R11
V164;41;paper;Ferry Road;R01,R04
V165;47;internet;Ferry Road;R05,R12
V166;50;internet;Mill Hill;R04,R08,R10,R11
V167;58;internet;Mill Hill;R01,R04,R09,R13
V168;52;internet;Mill Hill;R01,R03,R09,R11
V169;60;internet;Ferry Road;R04,R05,R09
V170;44;internet;Mill Hill;R01,R02,R03,R08,R10
V171;33;internet;Old Quay;R01,R12,R13
V172;50;internet;Old Quay;R03,R04,R05,R09,R10
V173;21;internet;Ferry Road;R01,R04,R11,R12,R13
V174;29;internet;Ferry Road;R04,R08,R10
V175;42;internet;Mill Hill;R02,R05,R08,R11,R12
V176;40;internet;Northbank;R02,R10,R11
V177;66;internet;Old Quay;R01,R04,R05
V178;44;internet;Northbank;R01,R02,R06,R09,R10
V179;60;internet;Old Quay;R01,R05,R06,R08
V180;41;internet;Old Quay;R02,R11,R13
V181;50;internet;Old Quay;R05,R08,R09
V182;49;internet;Old Quay;R01,R04,R05
V183;75;paper;Northbank;R03,R04,R05,R11,R12
V184;48;internet;Mill Hill;R02,R08,R11,R12,R13
V185;61;internet;Mill Hill;R02,R03,R05
V186;48;internet;Ferry Road;R02,R03
V187;16;internet;Northbank;R04,R05,R06,R11
V188;41;internet;Mill Hill;R01,R03,R06,R09,R11
V189;72;paper;Mill Hill;R01,R04,R08,R11
V190;53;paper;Old Quay;R02,R03,R04,R11,R12
V191;40;internet;Northbank;R05,R12,R13
V192;65;paper;Ferry Road;R01,R04,R11
V193;27;internet;Ferry Road;R01,R08,R09,R11,R12
V194;45;internet;Ferry Road;R05,R08,R09,R10
V195;45;internet;Old Quay;R02,R03,R05
V196;45;internet;Northbank;R01,R04,R06,R07
V197;28;internet;Mill Hill;R05,R11,R14
V198;33;internet;Old Quay;R01,R02,R11,R13
V199;37;internet;Mill Hill;R01,R08,R11
V200;39;internet;Northbank;R05,R08,R10
V201;21;internet;Old Quay;R01,R11
V202;39;internet;Old Quay;R01,R05,R11
V203;38;internet;Mill Hill;R04,R09,R11
V204;68;internet;Old Quay;R04,R08,R13
V205;66;internet;Old Quay;R04,R08
V206;71;internet;Old Quay;R01,R02,R04,R05,R10
V207;48;internet;Mill Hill;R01,R03,R05,R11
V208;41;internet;Northbank;R01,R02,R06,R10,R11
V209;16;internet;Ferry Road;R01,R04,R08,R09,R11
V210;81;internet;Ferry Road;R01,R05,R08,R11
V211;43;internet;Northbank;R01,R11,R12
V212;73;paper;Northbank;R02,R05,R08
V213;27;internet;Northbank;R01,R08,R09,R10
V214;40;internet;Northbank;R01,R05,R07,R08,R10
V215;48;internet;Ferry Road;R04,R06,R08,R09,R11
V216;67;paper;Old Quay;R03,R04,R10
V217;40;internet;Mill Hill;R04
V218;38;internet;Ferry Road;R11,R12
V219;40;internet;Mill Hill;R08,R09,R10,R11
V220;46;paper;Old Quay;R01,R08,R13
V221;68;internet;Northbank;R04,R06,R07,R08
V222;42;internet;Mill Hill;R01,R02,R08,R11,R13
V223;75;paper;Mill Hill;R01,R02,R04,R12
